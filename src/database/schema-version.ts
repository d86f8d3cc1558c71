/** The number of the newest file in migrations/; a test compares them. */
export const schemaVersion = 6;
