import type { Container } from "@azure/cosmos";
import { statusOf } from "./client.ts";
import type { Lease } from "./lease.ts";

export interface LeaseStore {
  /** All leases of one function on one container. */
  list(): Promise<readonly Lease[]>;
  /** Adds a lease unless it is there. */
  create(lease: Lease): Promise<void>;
  /** Writes the lease if it is as it was read. @returns the new state, or undefined when another wrote it */
  replace(lease: Lease): Promise<Lease | undefined>;
  /** @returns undefined when it is gone */
  read(id: string): Promise<Lease | undefined>;
}

/** Leases in a container whose partition key is the id, each with an id that begins with `prefix`. */
export function createLeaseStore(container: Container, prefix: string): LeaseStore {
  return {
    async list() {
      const query = {
        query: "SELECT * FROM c WHERE STARTSWITH(c.id, @prefix)",
        parameters: [{ name: "@prefix", value: prefix }],
      };
      return (await container.items.query<Lease>(query).fetchAll()).resources;
    },
    async create(lease) {
      await container.items.create(lease).catch((error: unknown) => {
        if (statusOf(error) !== 409) throw error;
      });
    },
    async replace(lease) {
      const options =
        lease._etag === undefined ? {} : { accessCondition: { type: "IfMatch", condition: lease._etag } };
      try {
        return (await container.item(lease.id, lease.id).replace<Lease>(lease, options)).resource;
      } catch (error) {
        if (statusOf(error) === 412 || statusOf(error) === 404) return undefined;
        throw error;
      }
    },
    read: async (id) => (await container.item(id, id).read<Lease>()).resource,
  };
}
