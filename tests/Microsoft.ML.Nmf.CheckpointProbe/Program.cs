using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Transforms;

// Fits to a binary data file with a checkpoint after every batch, and prints the bits of the dictionary. Says when it is about to begin.
if (args.Length != 3)
{
    Console.Error.WriteLine("usage: probe data.idv checkpoint beta");
    return 2;
}

var context = new MLContext(seed: 1);
var estimator = context.Transforms.OnlineNonnegativeMatrixFactorization(new OnlineNmfEstimator.Options
{
    OutputColumnName = "H", InputColumnName = "Features", Rank = 3, Beta = double.Parse(args[2], CultureInfo.InvariantCulture), BatchSize = 16,
    MaximumNumberOfPasses = 5, Tolerance = 0, Seed = 1, CheckpointPath = args[1], CheckpointInterval = TimeSpan.Zero,
});
var data = context.Data.LoadFromBinary(args[0]);
Console.WriteLine("begins");
var model = estimator.Fit(data).Model;
for (var k = 0; k < model.Rank; k++)
    Console.WriteLine(string.Join(' ', model.GetComponent(k).ToArray().Select(value => BitConverter.SingleToUInt32Bits(value).ToString("x8", null))));
return 0;
