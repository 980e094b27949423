/** What stands between the parts in braces of a path such as `/users/{id}/orders`, as regular expressions. */
export function literalParts(template: string): string[] {
  return template.split(/\{[^}]*\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}
