/**
 * SQL Server's messages by number: severity ("class"), and the text with its arguments in order as {0}, {1}, ….
 * Texts follow sys.messages, so that what somebody searches for finds Microsoft's page.
 */
export interface Message {
  readonly severity: number;
  readonly text: string;
}

const message = (severity: number, text: string): Message => ({ severity, text });

export const MESSAGES = {
  // Syntax
  102: message(15, "Incorrect syntax near '{0}'."),
  105: message(15, "Unclosed quotation mark after the character string '{0}'."),
  113: message(15, "Missing end comment mark '*/'."),
  156: message(15, "Incorrect syntax near the keyword '{0}'."),
  191: message(
    15,
    "Some part of your SQL statement is nested too deeply. Rewrite the query or break it up into smaller queries.",
  ),
  195: message(15, "'{0}' is not a recognized {1}."),
  321: message(15, '"{0}" is not a recognized table hints option.'),
  4145: message(
    15,
    "An expression of non-boolean type specified in a context where a condition is expected, near '{0}'.",
  ),
  10713: message(15, "A MERGE statement must be terminated by a semi-colon (;)."),
  447: message(16, "Expression type {0} is invalid for COLLATE clause."),
  468: message(16, 'Cannot resolve the collation conflict between "{0}" and "{1}" in the {2} operation.'),
  1018: message(15, "Incorrect syntax near '{0}'. A table hint needs the WITH keyword and parentheses."),

  // Names
  107: message(
    15,
    "The column prefix '{0}' does not match with a table name or alias name used in the query.",
  ),
  134: message(
    15,
    "The variable name '{0}' has already been declared. Variable names must be unique within a query batch or stored procedure.",
  ),
  137: message(15, 'Must declare the scalar variable "{0}".'),
  1087: message(15, 'Must declare the table variable "{0}".'),
  1011: message(16, "The correlation name '{0}' is specified multiple times in a FROM clause."),
  207: message(16, "Invalid column name '{0}'."),
  208: message(16, "Invalid object name '{0}'."),
  209: message(16, "Ambiguous column name '{0}'."),
  264: message(
    16,
    "The column name '{0}' is specified more than once in the SET clause or column list of an INSERT. A column cannot be assigned more than one value in the same clause. Modify the clause to make sure that a column is updated only once. If this statement updates or inserts columns into a view, column aliasing can conceal the duplication in your code.",
  ),
  911: message(16, "Database '{0}' does not exist. Make sure that the name is entered correctly."),
  2812: message(16, "Could not find stored procedure '{0}'."),
  2715: message(16, "Column, parameter, or variable #{0}: Cannot find data type {1}."),
  4104: message(16, 'The multi-part identifier "{0}" could not be bound.'),
  8155: message(16, "No column name was specified for column {0} of '{1}'."),
  8156: message(16, "The column '{0}' was specified multiple times for '{1}'."),
  8158: message(16, "'{0}' has more columns than were specified in the column list."),
  8159: message(16, "'{0}' has fewer columns than were specified in the column list."),
  10709: message(15, "The number of columns for each row in a table value constructor must be the same."),

  // Shape of a query
  109: message(
    15,
    "There are more columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.",
  ),
  110: message(
    15,
    "There are fewer columns in the INSERT statement than values specified in the VALUES clause. The number of values in the VALUES clause must match the number of columns specified in the INSERT statement.",
  ),
  116: message(
    16,
    "Only one expression can be specified in the select list when the subquery is not introduced with EXISTS.",
  ),
  120: message(
    15,
    "The select list for the INSERT statement contains fewer items than the insert list. The number of SELECT values must match the number of INSERT columns.",
  ),
  121: message(
    15,
    "The select list for the INSERT statement contains more items than the insert list. The number of SELECT values must match the number of INSERT columns.",
  ),
  141: message(
    15,
    "A SELECT statement that assigns a value to a variable must not be combined with data-retrieval operations.",
  ),
  147: message(
    15,
    "An aggregate may not appear in the WHERE clause unless it is in a subquery contained in a HAVING clause or a select list, and the column being aggregated is an outer reference.",
  ),
  157: message(15, "An aggregate may not appear in the set list of an UPDATE statement."),
  174: message(15, "The {0} function requires {1} argument(s)."),
  189: message(15, "The {0} function requires {1} to {2} arguments."),
  205: message(
    16,
    "All queries combined using a UNION, INTERSECT or EXCEPT operator must have an equal number of expressions in their target lists.",
  ),
  252: message(
    16,
    "Recursive common table expression '{0}' does not contain a top-level UNION ALL operator.",
  ),
  339: message(16, "DEFAULT or NULL are not allowed as explicit identity values."),
  512: message(
    16,
    "Subquery returned more than 1 value. This is not permitted when the subquery follows =, !=, <, <= , >, >= or when the subquery is used as an expression.",
  ),
  530: message(
    16,
    "The statement terminated. The maximum recursion {0} has been exhausted before statement completion.",
  ),
  544: message(
    16,
    "Cannot insert explicit value for identity column in table '{0}' when IDENTITY_INSERT is set to OFF.",
  ),
  545: message(
    16,
    "Explicit value must be specified for identity column in table '{0}' when IDENTITY_INSERT is set to ON.",
  ),
  1033: message(
    15,
    "The ORDER BY clause is invalid in views, inline functions, derived tables, subqueries, and common table expressions, unless TOP, OFFSET or FOR XML is also specified.",
  ),
  1060: message(
    15,
    "The number of rows provided for a TOP or FETCH clauses row count parameter must be an integer.",
  ),
  1014: message(15, "A TOP or FETCH clause contains an invalid value."),
  4108: message(15, "Windowed functions can only appear in the SELECT or ORDER BY clauses."),
  4112: message(15, "The function '{0}' must have an OVER clause with ORDER BY."),
  8102: message(16, "Cannot update identity column '{0}'."),
  271: message(
    16,
    'The column "{0}" cannot be modified because it is either a computed column or is the result of a UNION operator.',
  ),
  272: message(16, "Cannot update a timestamp column."),
  273: message(
    16,
    "Cannot insert an explicit value into a timestamp column. Use INSERT with a column list to exclude the timestamp column, or insert a DEFAULT into the timestamp column.",
  ),
  4405: message(
    16,
    "View or function '{0}' is not updatable because the modification affects multiple base tables.",
  ),
  8120: message(
    16,
    "Column '{0}' is invalid in the select list because it is not contained in either an aggregate function or the GROUP BY clause.",
  ),
  8127: message(
    16,
    'Column "{0}" is invalid in the ORDER BY clause because it is not contained in either an aggregate function or the GROUP BY clause.',
  ),
  8133: message(
    16,
    "At least one of the result expressions in a CASE specification must be an expression other than the NULL constant.",
  ),
  108: message(
    15,
    "The ORDER BY position number {0} is out of range of the number of items in the select list.",
  ),
  145: message(15, "ORDER BY items must appear in the select list if SELECT DISTINCT is specified."),
  104: message(
    16,
    "ORDER BY items must appear in the select list if the statement contains a UNION, INTERSECT or EXCEPT operator.",
  ),

  // Types and values
  206: message(16, "Operand type clash: {0} is incompatible with {1}"),
  220: message(16, "Arithmetic overflow error for data type {0}, value = {1}."),
  232: message(16, "Arithmetic overflow error for type {0}, value = {1}."),
  241: message(16, "Conversion failed when converting date and/or time from character string."),
  242: message(16, "The conversion of a {0} data type to a {1} data type resulted in an out-of-range value."),
  244: message(
    16,
    "The conversion of the {0} value '{1}' overflowed an {2} column. Use a larger integer column.",
  ),
  245: message(16, "Conversion failed when converting the {0} value '{1}' to data type {2}."),
  248: message(16, "The conversion of the {0} value '{1}' overflowed an int column."),
  257: message(
    16,
    "Implicit conversion from data type {0} to {1} is not allowed. Use the CONVERT function to run this query.",
  ),
  281: message(16, "{0} is not a valid style number when converting from {1} to a character string."),
  402: message(16, "The data types {0} and {1} are incompatible in the {2} operator."),
  517: message(16, "Adding a value to a '{0}' column caused an overflow."),
  529: message(16, "Explicit conversion from data type {0} to {1} is not allowed."),
  535: message(
    16,
    "The {0} function resulted in an overflow. The number of dateparts separating two date/time instances is too large. Try to use {0} with a less precise datepart.",
  ),
  537: message(16, "Invalid length parameter passed to the LEFT or SUBSTRING function."),
  155: message(15, "'{0}' is not a recognized {1} option."),
  1001: message(15, "Line {0}: Length or precision specification {1} is invalid."),
  131: message(
    15,
    "The size ({0}) given to the type '{1}' exceeds the maximum allowed for any data type ({2}).",
  ),
  1007: message(
    15,
    "The number '{0}' is out of the range for numeric representation (maximum precision 38).",
  ),
  192: message(16, "The scale must be less than or equal to the precision."),
  8114: message(16, "Error converting data type {0} to {1}."),
  8115: message(16, "Arithmetic overflow error converting {0} to data type {1}."),
  8116: message(16, "Argument data type {0} is invalid for argument {1} of {2} function."),
  8117: message(16, "Operand data type {0} is invalid for {1} operator."),
  8134: message(16, "Divide by zero error encountered."),
  8169: message(16, "Conversion failed when converting from a character string to uniqueidentifier."),
  8152: message(16, "String or binary data would be truncated."),
  2628: message(
    16,
    "String or binary data would be truncated in table '{0}', column '{1}'. Truncated value: '{2}'.",
  ),
  1701: message(
    16,
    "Creating or altering table '{0}' failed because the row would be larger than the allowed maximum.",
  ),
  13609: message(
    16,
    "JSON text is not properly formatted. Unexpected character '{0}' is found at position {1}.",
  ),
  13607: message(
    16,
    "JSON path is not properly formatted. Unexpected character '{0}' is found at position {1}.",
  ),
  13608: message(16, "Property cannot be found on the specified JSON path."),
  13623: message(16, "Scalar value cannot be found in the specified JSON path."),
  13624: message(16, "Object or array cannot be found in the specified JSON path."),
  13618: message(16, "AS JSON option can be specified only for column of nvarchar(max) type in WITH clause."),

  // Constraints
  515: message(
    16,
    "Cannot insert the value NULL into column '{0}', table '{1}'; column does not allow nulls. {2} fails.",
  ),
  547: message(
    16,
    'The {0} statement conflicted with the {1} constraint "{2}". The conflict occurred in database "{3}", table "{4}"{5}.',
  ),
  2601: message(
    14,
    "Cannot insert duplicate key row in object '{0}' with unique index '{1}'. The duplicate key value is ({2}).",
  ),
  2627: message(
    14,
    "Violation of {0} constraint '{1}'. Cannot insert duplicate key in object '{2}'. The duplicate key value is ({3}).",
  ),
  1505: message(
    16,
    "The CREATE UNIQUE INDEX statement terminated because a duplicate key was found for the object name '{0}' and the index name '{1}'. The duplicate key value is ({2}).",
  ),

  // Definitions
  1750: message(16, "Could not create constraint or index. See previous errors."),
  1767: message(16, "Foreign key '{0}' references invalid table '{1}'."),
  1776: message(
    16,
    "There are no primary or candidate keys in the referenced table '{0}' that match the referencing column list in the foreign key '{1}'.",
  ),
  1779: message(16, "Table '{0}' already has a primary key defined on it."),
  1785: message(
    16,
    "Introducing FOREIGN KEY constraint '{0}' on table '{1}' may cause cycles or multiple cascade paths.",
  ),
  1909: message(16, "Cannot use duplicate column names in index. Column name '{0}' listed more than once."),
  1911: message(16, "Column name '{0}' does not exist in the target table or view."),
  1913: message(
    16,
    "The operation failed because an index or statistics with name '{0}' already exists on table '{1}'.",
  ),
  2705: message(
    16,
    "Column names in each table must be unique. Column name '{0}' in table '{1}' is specified more than once.",
  ),
  2714: message(16, "There is already an object named '{0}' in the database."),
  2744: message(
    16,
    "Multiple identity columns specified for table '{0}'. Only one identity column per table is allowed.",
  ),
  2749: message(
    16,
    "Identity column '{0}' must be of data type int, bigint, smallint, tinyint, or decimal or numeric with a scale of 0, unencrypted, and constrained to be nonnullable.",
  ),
  2759: message(16, "CREATE SCHEMA failed due to previous errors."),
  2760: message(
    16,
    'The specified schema name "{0}" either does not exist or you do not have permission to use it.',
  ),
  3701: message(11, "Cannot {0} the {1} '{2}', because it does not exist or you do not have permission."),
  3726: message(16, "Could not drop object '{0}' because it is referenced by a FOREIGN KEY constraint."),
  3728: message(16, "'{0}' is not a constraint."),
  3729: message(16, "Cannot drop schema '{0}' because it is being referenced by object '{1}'."),
  3733: message(16, "Constraint '{0}' does not belong to table '{1}'."),
  4712: message(
    16,
    "Cannot truncate table '{0}' because it is being referenced by a FOREIGN KEY constraint.",
  ),
  4901: message(
    16,
    "ALTER TABLE only allows columns to be added that can contain nulls, or have a DEFAULT definition specified, or the column being added is an identity or timestamp column, or alternatively if none of the previous conditions are satisfied the table must be empty to allow addition of this column. Column '{0}' cannot be added to non-empty table '{1}' because it does not satisfy these conditions.",
  ),
  4902: message(16, 'Cannot find the object "{0}" because it does not exist or you do not have permissions.'),
  4924: message(16, "ALTER TABLE {0} failed because column '{1}' does not exist in table '{2}'."),
  5074: message(16, "The {0} '{1}' is dependent on column '{2}'."),
  8111: message(16, "Cannot define PRIMARY KEY constraint on nullable column in table '{0}'."),
  8106: message(16, "Table '{0}' does not have the identity property. Cannot perform SET operation."),
  8107: message(
    16,
    "IDENTITY_INSERT is already ON for table '{0}'. Cannot perform SET operation for table '{1}'.",
  ),
  8101: message(
    16,
    "An explicit value for the identity column in table '{0}' can only be specified when a column list is used and IDENTITY_INSERT is ON.",
  ),
  15023: message(16, "User, group, or role '{0}' already exists in the current database."),
  15151: message(16, "Cannot find the {0} '{1}', because it does not exist or you do not have permission."),

  // Transactions and locks
  266: message(
    16,
    "Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = {0}, current count = {1}.",
  ),
  1204: message(
    19,
    "The instance of the SQL Server Database Engine cannot obtain a LOCK resource at this time.",
  ),
  1205: message(
    13,
    "Transaction (Process ID {0}) was deadlocked on {1} resources with another process and has been chosen as the deadlock victim. Rerun the transaction.",
  ),
  1222: message(16, "Lock request time out period exceeded."),
  3902: message(16, "The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION."),
  3903: message(16, "The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION."),
  3930: message(
    16,
    "The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.",
  ),
  3931: message(
    16,
    "The current transaction cannot be committed and cannot be rolled back to a savepoint. Roll back the entire transaction.",
  ),
  3951: message(
    16,
    "Transaction failed in database '{0}' because the statement was run under snapshot isolation but the transaction did not start in snapshot isolation. You cannot change the isolation level of the transaction to snapshot after the transaction has started unless the transaction was originally started under snapshot isolation level.",
  ),
  3960: message(
    16,
    "Snapshot isolation transaction aborted due to update conflict. You cannot use snapshot isolation to access table '{0}' directly or indirectly in database '{1}' to update, delete, or insert the row that has been modified or deleted by another transaction. Retry the transaction or change the isolation level for the update/delete statement.",
  ),
  3998: message(
    16,
    "Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.",
  ),
  6401: message(16, "Cannot roll back {0}. No transaction or savepoint of that name was found."),
  628: message(16, "Cannot issue SAVE TRANSACTION when there is no active transaction."),
  650: message(
    16,
    "You can only specify the READPAST lock in the READ COMMITTED or REPEATABLE READ isolation levels.",
  ),

  // Control of flow
  10704: message(
    15,
    "To rethrow an error, a THROW statement must be used inside a CATCH block. Insert the THROW statement inside a CATCH block, or add error parameters to the THROW statement.",
  ),
  35100: message(
    16,
    "Error number {0} in the THROW statement is outside the valid range. Specify an error number in the valid range of 50000 to 2147483647.",
  ),
  135: message(15, "Cannot use a BREAK statement outside the scope of a WHILE statement."),
  136: message(15, "Cannot use a CONTINUE statement outside the scope of a WHILE statement."),
  178: message(15, "A RETURN statement with a return value cannot be used in this context."),
  148: message(15, "Incorrect time syntax in time string '{0}' used with WAITFOR."),
  217: message(16, "Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32)."),
  201: message(16, "Procedure or function '{0}' expects parameter '{1}', which was not supplied."),
  8144: message(16, "Procedure or function {0} has too many arguments specified."),
  8145: message(16, "{0} is not a parameter for procedure {1}."),
  8178: message(16, "The parameterized query '{0}' expects the parameter '{1}', which was not supplied."),
  8179: message(16, "Could not find prepared statement with handle {0}."),
  8009: message(
    16,
    'The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Parameter {0} ("{1}"): Data type 0x{2} is unknown.',
  ),
  8016: message(
    16,
    'The incoming tabular data stream (TDS) remote procedure call (RPC) protocol stream is incorrect. Parameter {0} ("{1}"): Data type 0x{2} has an invalid data length or metadata length.',
  ),
  701: message(17, "There is insufficient system memory in resource pool 'default' to run this query: {0}"),
  9002: message(17, "The transaction log for database '{0}' is full or cannot be written: {1}"),

  // Logins and the connection
  18456: message(14, "Login failed for user '{0}'."),
  4060: message(11, 'Cannot open database "{0}" requested by the login. The login failed.'),
  17836: message(
    20,
    "Length specified in network packet payload did not match number of bytes read; the connection has been closed. {0}",
  ),
  5701: message(10, "Changed database context to '{0}'."),
  40517: message(15, "{0}"),

  // Of Azure SQL when it is busy or moves a database ("Troubleshooting connectivity issues and other errors with
  // Azure SQL Database"): only a fault plan raises them here.
  10928: message(20, "Resource ID: {0}. The {1} limit for the database is {2} and has been reached."),
  10929: message(
    20,
    "Resource ID: {0}. The {1} minimum guarantee is {2}, maximum limit is {3}, and the current usage for the database is {4}. However, the server is currently too busy to support requests greater than {5} for this database. Otherwise, please try again later.",
  ),
  40197: message(
    17,
    "The service has encountered an error processing your request. Please try again. Error code {0}.",
  ),
  40501: message(
    20,
    "The service is currently busy. Retry the request after 10 seconds. Incident ID: {0}. Code: {1}.",
  ),
  40613: message(
    17,
    "Database '{0}' on server '{1}' is not currently available. Please retry the connection later. If the problem persists, contact customer support, and provide them the session tracing ID of '{2}'.",
  ),
  49918: message(
    16,
    "Cannot process request. Not enough resources to process request. The service is currently busy. Please retry the request later.",
  ),
} as const satisfies Record<number, Message>;

export type MessageNumber = keyof typeof MESSAGES;
