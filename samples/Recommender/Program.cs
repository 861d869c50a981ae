using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Trainers;
using Recommender;

// Predicts ratings from ratings: the trainer of this library beside the biased matrix factorization
// that every textbook has.
//
//   dotnet run --project samples/Recommender [-- --ratings FILE.csv] [--rank K]
//
// FILE has a header and lines "user,item,rating" (more columns are ignored). Without it the ratings are made up.
//
// A tenth of the ratings is for the test and is looked at once. The settings of both models are chosen on a ninth of
// the rest, the validation ratings, by the same rule; then both learn from the whole rest.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
const int Seed = 1;
const int Runs = 4;
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
var tenth = rows.Count / 10;
var (test, validation, part, train) = (rows[..tenth], rows[tenth..(2 * tenth)], rows[(2 * tenth)..], rows[tenth..]);
Console.WriteLine(
    $"{rows.Count} ratings of {rows.Select(r => r.Item).Distinct().Count()} items by "
    + $"{rows.Select(r => r.User).Distinct().Count()} users: {part.Count} to learn from, "
    + $"{validation.Count} to choose the settings on, {test.Count} for the test.");
Console.WriteLine();

// Settings, chosen on the validation ratings.
var clock = Stopwatch.StartNew();
double[] decays = [0.09, 0.12, 0.15];
var sgd = decays.AsParallel().Select(BestLength).MinBy(choice => choice.Rmse);
Console.WriteLine(
    $"Chosen for SGD: weight decay {sgd.Regularization}, {sgd.Epochs} epochs ({clock.Elapsed.TotalSeconds:F1} s).");
clock.Restart();
double[] shrinkages = [5, 8, 12, 18];
var single = Choose(starts: 1);
var several = Choose(Runs);
Console.WriteLine(
    $"Chosen for the nonnegative factorization: shrinkage {single} for one start, "
    + $"{several} for {Runs} ({clock.Elapsed.TotalSeconds:F1} s).");
Console.WriteLine();

// The test. Who has no rating in training has no score, NaN: all models are measured on the others. Scores of both
// factorizations are clipped to the range of the ratings, beyond which nobody can rate.
var mean = train.Average(row => row.Rating);
Console.WriteLine($"{"",-50}{"factors",8}{"RMSE",9}{"MAE",9}{"s",8}");
Print("Mean of all ratings", 0, () => [.. test.Select(_ => (double)mean)]);
Print("Means + factors by SGD", rank, () => Sgd(Seed));
Print("Nonnegative factorization, one start", rank, () => Score(Pipeline(single, starts: 1).Fit(View(train)), test));
Print(
    $"Means + factors by SGD, mean of {Runs} runs", Runs * rank,
    () => Average([.. Enumerable.Range(Seed, Runs).AsParallel().AsOrdered().Select(Sgd)]));
Microsoft.ML.Data.TransformerChain<NmfRatingTransformer> model = null!;
Print(
    $"Nonnegative factorization, {Runs} starts (default)", Runs * rank,
    () => Score(model = Pipeline(several, Runs).Fit(View(train)), test));
var unknown = Score(model, test).Count(double.IsNaN);
if (unknown > 0)
    Console.WriteLine(
        $"{unknown} ratings of the test are of users or items without any in training; their scores are NaN.");

// ML.NET's own evaluator does the same for a scored view without NaN.
var scored = model.Transform(View(test));
var metrics = mlContext.Regression.Evaluate(
    mlContext.Data.FilterRowsByMissingValues(scored, "Score"), labelColumnName: nameof(RatingRow.Rating));
Console.WriteLine(
    $"mlContext.Regression.Evaluate of the last: RMSE {metrics.RootMeanSquaredError:F4}, R² {metrics.RSquared:F3}.");

// What to recommend: score what a user has not rated, and show the best. The order is that of scores that are not
// clipped, which tell the best from each other; shown they are within the range.
var user0 = train.GroupBy(row => row.User).OrderByDescending(group => group.Count()).First();
var rated = user0.Select(row => row.Item).ToHashSet();
var candidates = train.Select(row => row.Item).Distinct()
    .Where(item => !rated.Contains(item)).Select(item => new RatingRow { User = user0.Key, Item = item }).ToList();
var unclipped = Pipeline(several, Runs, clip: false).Fit(View(train));
Console.WriteLine();
Console.WriteLine($"For {user0.Key}, who has rated {rated.Count} items: " + string.Join(
    ", ", candidates.Zip(Score(model, candidates), Score(unclipped, candidates))
        .OrderByDescending(scored => scored.Third).Take(5).Select(
            scored => $"{scored.First.Item} ({scored.Second:F2})")));
var report = model.LastTransformer.Model.Report!;
Console.WriteLine($"The fit took {report.Iterations} iterations ({report.StopReason}).");
return 0;

// The pipeline: names become keys, and the trainer learns from the triplets.
IEstimator<Microsoft.ML.Data.TransformerChain<NmfRatingTransformer>> Pipeline(
    double shrinkage, int starts, bool clip = true)
    => mlContext.Transforms.Conversion.MapValueToKey("UserKey", nameof(RatingRow.User))
        .Append(mlContext.Transforms.Conversion.MapValueToKey("ItemKey", nameof(RatingRow.Item)))
        .Append(mlContext.Regression.Trainers.NonnegativeMatrixFactorization(new NmfRatingTrainer.Options
        {
            LabelColumnName = nameof(RatingRow.Rating),
            MatrixColumnIndexColumnName = "UserKey",
            MatrixRowIndexColumnName = "ItemKey",
            Rank = rank,
            Shrinkage = shrinkage,
            ClipScores = clip,
            Starts = starts,
            Seed = Seed,
        }));

IDataView View(IEnumerable<RatingRow> ratings) => mlContext.Data.LoadFromEnumerable(ratings);

double[] Score(ITransformer fitted, IReadOnlyList<RatingRow> asked)
    => [.. mlContext.Data.CreateEnumerable<ScoredRow>(fitted.Transform(View(asked)), reuseRowObject: false).Select(
        row => (double)row.Score)];

// Learning goes on until the validation ratings say that it has been long enough.
(double Regularization, int Epochs, double Rmse) BestLength(double regularization)
{
    var factors = new BiasedFactors(part, rank, regularization, Seed);
    return Enumerable.Range(1, 12)
        .Select(i => (regularization, Epochs: 20 * i,
            Errors([.. validation.Select(factors.Train(20).Predict)], validation).Rmse))
        .MinBy(choice => choice.Rmse);
}

double[] Sgd(int seed)
    => [.. test.Select(new BiasedFactors(train, rank, sgd.Regularization, seed).Train(sgd.Epochs).Predict)];

static double[] Average(double[][] runs)
    => [.. Enumerable.Range(0, runs[0].Length).Select(i => runs.Average(run => run[i]))];

// The shrinkage with the lowest RMSE on the validation ratings.
double Choose(int starts) => shrinkages.MinBy(
    shrinkage => Errors(Score(Pipeline(shrinkage, starts).Fit(View(part)), validation), validation).Rmse);

void Print(string name, int factors, Func<double[]> predict)
{
    var watch = Stopwatch.StartNew();
    var (rmse, mae) = Errors(predict(), test);
    Console.WriteLine($"{name,-50}{factors,8}{rmse,9:F4}{mae,9:F4}{watch.Elapsed.TotalSeconds,8:F2}");
}

static (double Rmse, double Mae) Errors(double[] predictions, List<RatingRow> actual)
{
    var errors = predictions.Zip(actual, (prediction, row) => prediction - row.Rating)
        .Where(error => !double.IsNaN(error)).ToArray();
    return (Math.Sqrt(errors.Average(e => e * e)), errors.Average(Math.Abs));
}

string? Option(string name)
    => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

static List<RatingRow> Read(string path)
    => [.. File.ReadLines(path).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(',')).Select(
        fields => new RatingRow { User = fields[0], Item = fields[1], Rating = float.Parse(
            fields[2], CultureInfo.InvariantCulture) })];
