using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

// Fits to a binary data file, as a stream or in memory, with as many checkpoints as there can be, and prints the bits
// of the dictionary. Says when it is about to begin.
if (args.Length != 4)
{
    Console.Error.WriteLine("usage: probe data.idv checkpoint beta stream|memory");
    return 2;
}

var context = new MLContext(seed: 1);
var beta = double.Parse(args[2], CultureInfo.InvariantCulture);
var data = context.Data.LoadFromBinary(args[0]);
Console.WriteLine("begins");
var model = args[3] == "memory" ? InMemory() : Stream();
for (var k = 0; k < model.Rank; k++)
    Console.WriteLine(string.Join(
        ' ',
        model.GetComponent(k).ToArray().Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8", null))));
return 0;

NmfModelParameters Stream() => context.Transforms.OnlineNmf(new OnlineNmfEstimator.Options
{
    OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Beta = beta, BatchSize = 16, Passes = 5,
    Tolerance = 0, Seed = 1, Checkpoint = new NmfCheckpoint(args[1]) { Interval = TimeSpan.Zero },
}).Fit(data).Model;

NmfModelParameters InMemory() => context.Transforms.NonnegativeMatrixFactorization(new NmfEstimator.Options
{
    OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Problem = beta,
    Iterations = new() { MaximumIterations = 400, Tolerance = 0 }, Starts = 2, Seed = 1,
    Checkpoint = new NmfCheckpoint(args[1]) { Interval = TimeSpan.Zero },
}).Fit(data).Model;
