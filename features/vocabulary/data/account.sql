INSERT INTO accounts (name, balance) VALUES ('${who}', 7);
