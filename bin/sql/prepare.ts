import { sqlClient } from "../../shared/stores/sql/client.ts";
import { migrate } from "./migrations.ts";

/** Brings the database of a connection string to what the program needs. */
export async function prepareSql(connectionString: string): Promise<void> {
  const client = sqlClient({ connectionString });
  try {
    await migrate(client);
  } finally {
    await client.close();
  }
}
