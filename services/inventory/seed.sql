-- 100 pieces of each of the 25 articles of the catalogue.
INSERT INTO stock (sku, available)
SELECT 'sku-' || to_char(number, 'FM00'), 100
FROM generate_series(1, 25) AS number
ON CONFLICT (sku) DO NOTHING;
