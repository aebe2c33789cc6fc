// Descriptions of fields for table columns.
export function describe(_ref: string): string {
  return '';
}
