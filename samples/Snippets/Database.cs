#:project ../../src/Microsoft.ML.Nmf/Microsoft.ML.Nmf.csproj
#:package Microsoft.Data.Sqlite
// Rows of a database, here SQLite: ML.NET's loader reads a query, and results go back into a table.
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Microsoft.ML.Data;

const string Connection = "Data Source=sensors.db;Pooling=False";
using var database = new SqliteConnection(Connection);
database.Open();
Execute("CREATE TABLE reading (id INTEGER PRIMARY KEY, red REAL, green REAL, blue REAL, station TEXT)");
Execute("CREATE TABLE part (id INTEGER PRIMARY KEY, one REAL, two REAL)");
using (var transaction = database.BeginTransaction())
{
    var random = new Random(1);
    for (var i = 0; i < 500; i++)
    {
        var (sun, lamp) = (random.NextDouble(), random.NextDouble());
        Execute(
            "INSERT INTO reading VALUES ($0, $1, $2, $3, $4)",
            i, sun + (0.6 * lamp), sun + (0.3 * lamp), sun, $"s{i % 3}");
    }

    transaction.Commit();
}

// Columns 1 to 3 of the query are one vector. The query is run again whenever the rows are.
var ml = new MLContext(seed: 1);
var readings = ml.Data.CreateDatabaseLoader<Reading>().Load(new DatabaseSource(
    SqliteFactory.Instance, Connection, "SELECT id, red, green, blue FROM reading WHERE station <> 's2' ORDER BY id"));
var model = ml.Transforms.NonnegativeMatrixFactorization("Parts", "Light", rank: 2).Fit(readings);
using (var transaction = database.BeginTransaction())
{
    foreach (var row in ml.Data.CreateEnumerable<Result>(model.Transform(readings), reuseRowObject: true))
        Execute("INSERT INTO part VALUES ($0, $1, $2)", row.Id, row.Parts[0], row.Parts[1]);
    transaction.Commit();
}

Console.WriteLine($"{Execute("SELECT count(*) FROM part")} rows have parts, {model.Model.ExplainedPart:P1} explained");

object? Execute(string sql, params object[] values)
{
    using var command = database.CreateCommand();
    command.CommandText = sql;
    for (var i = 0; i < values.Length; i++)
        command.Parameters.AddWithValue($"${i}", values[i]);
    return command.ExecuteScalar();
}

class Reading
{
    [LoadColumn(0)] public long Id { get; set; }
    [LoadColumn(1, 3), VectorType(3)] public float[] Light { get; set; } = [];
}

class Result
{
    public long Id { get; set; }
    public float[] Parts { get; set; } = [];
}
