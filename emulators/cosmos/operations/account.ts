import { FIXED } from "../charges.ts";
import { H, headerOf } from "../http/headers.ts";
import type { Operation } from "./operation.ts";

/**
 * GET /: the account. Its locations are the address that the client used (Host), so that clients which follow them
 * reach the server behind port forwarding, too. The id must not be "localhost": then the JavaScript SDK takes no
 * locations, and reads the account anew before every single request.
 */
export const readAccount: Operation = (request) => {
  const host = headerOf(request.headers, "host") ?? "localhost";
  const location = { name: "Local", databaseAccountEndpoint: `http://${host}/` };
  const body = JSON.stringify({
    _self: "",
    id: "pierogi",
    _rid: "pierogi",
    media: "//media/",
    addresses: "//addresses/",
    _dbs: "//dbs/",
    writableLocations: [location],
    readableLocations: [location],
    enableMultipleWriteLocations: false,
    enablePerPartitionFailoverBehavior: false,
    userConsistencyPolicy: { defaultConsistencyLevel: "Session" },
    userReplicationPolicy: { asyncReplication: false, minReplicaSetSize: 1, maxReplicasetSize: 4 },
    systemReplicationPolicy: { minReplicaSetSize: 1, maxReplicasetSize: 4 },
    readPolicy: { primaryReadCoefficient: 1, secondaryReadCoefficient: 1 },
    queryEngineConfiguration: JSON.stringify({ maxSqlQueryInputLength: 524288, maxJoinsPerSqlQuery: 0 }),
  });
  return { status: 200, charge: FIXED.metadataRead, body, headers: { [H.etag]: '"account"' } };
};
