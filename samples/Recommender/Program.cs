using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;
using Recommender;

// Predicts ratings from ratings: the trainer of this library beside the biased matrix factorization that every textbook has.
//
//   dotnet run --project samples/Recommender [-- --ratings FILE.csv] [--rank K]
//
// FILE has a header and lines "user,item,rating" (more columns are ignored). Without it the ratings are made up.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Seed = 1;
var file = Option("--ratings");
var rank = int.Parse(Option("--rank") ?? "8");
if (file is not null && !File.Exists(file))
{
    Console.Error.WriteLine($"There is no file {file}.");
    return 1;
}

var mlContext = new MLContext(Seed);
var rows = file is null ? MadeUpRatings.Create(100_000, Seed) : Read(file);
new Random(Seed).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows));
var (test, train) = (rows[..(rows.Count / 10)], rows[(rows.Count / 10)..]);
Console.WriteLine($"{rows.Count} ratings of {rows.Select(r => r.Item).Distinct().Count()} items by {rows.Select(r => r.User).Distinct().Count()} users; "
    + $"{test.Count} of them are held out.");
Console.WriteLine();

// The pipeline: names become keys, and the trainer learns from the triplets.
var pipeline = mlContext.Transforms.Conversion.MapValueToKey("UserKey", nameof(RatingRow.User))
    .Append(mlContext.Transforms.Conversion.MapValueToKey("ItemKey", nameof(RatingRow.Item)))
    .Append(mlContext.Regression.Trainers.NonnegativeMatrixFactorization(nameof(RatingRow.Rating), "UserKey", "ItemKey", rank));
var clock = Stopwatch.StartNew();
var model = pipeline.Fit(mlContext.Data.LoadFromEnumerable(train));
var fitTime = clock.Elapsed;

// Who has no rating in training has no score: NaN. Both models are measured on the others.
var scored = model.Transform(mlContext.Data.LoadFromEnumerable(test));
var known = mlContext.Data.FilterRowsByMissingValues(scored, "Score");
var metrics = mlContext.Regression.Evaluate(known, labelColumnName: nameof(RatingRow.Rating));
var unknown = mlContext.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: false).Count(row => float.IsNaN(row.Score));

clock.Restart();
var baseline = new BiasedFactors(train, rank, regularization: 0.08, Seed);
var baselineTime = clock.Elapsed;
var mean = train.Average(row => row.Rating);
Console.WriteLine($"{"",-42}{"RMSE",8}{"MAE",8}{"s",8}");
Print("Mean of all ratings", _ => mean, null);
Print("Means + factors by SGD (baseline)", baseline.Predict, baselineTime);
Console.WriteLine($"{"Nonnegative factorization (this library)",-42}{metrics.RootMeanSquaredError,8:F4}{metrics.MeanAbsoluteError,8:F4}{fitTime.TotalSeconds,8:F2}");
if (unknown > 0)
    Console.WriteLine($"{unknown} held-out ratings are of users or items without any in training; their scores are NaN.");

// What to recommend: score what a user has not rated, and show the best.
var transformer = model.LastTransformer;
var user0 = train.GroupBy(row => row.User).OrderByDescending(group => group.Count()).First();
var rated = user0.Select(row => row.Item).ToHashSet();
var candidates = train.Select(row => row.Item).Distinct().Where(item => !rated.Contains(item)).Select(item => new RatingRow { User = user0.Key, Item = item }).ToList();
var scores = mlContext.Data.CreateEnumerable<ScoredRow>(model.Transform(mlContext.Data.LoadFromEnumerable(candidates)), reuseRowObject: false).Select(row => row.Score);
Console.WriteLine();
Console.WriteLine($"For {user0.Key}, who has rated {rated.Count} items: "
    + string.Join(", ", candidates.Zip(scores).OrderByDescending(pair => pair.Second).Take(5).Select(pair => $"{pair.First.Item} ({pair.Second:F2})")));
Console.WriteLine($"The fit took {transformer.Model.Report!.Iterations} iterations ({transformer.Model.Report.StopReason}).");
return 0;

void Print(string name, Func<RatingRow, double> predict, TimeSpan? time)
{
    var errors = test.Select(row => predict(row) - row.Rating).Where(error => !double.IsNaN(error)).ToArray();
    Console.WriteLine($"{name,-42}{Math.Sqrt(errors.Average(e => e * e)),8:F4}{errors.Average(Math.Abs),8:F4}{time?.TotalSeconds,8:F2}");
}

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static List<RatingRow> Read(string path)
    => [.. File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')).Select(
        fields => new RatingRow { User = fields[0], Item = fields[1], Rating = float.Parse(fields[2], CultureInfo.InvariantCulture) })];
