#:project ../../src/Nmf/Nmf.csproj
// How many parts, and how sure is each amount? Amounts are integrated out, so that parts that are not needed vanish.
using Nmf;

// Counts of four parts: the second half of the samples is measured for a tenth of the time.
var random = new Random(1);
var values = new double[400 * 20];
for (var n = 0; n < 400; n++)
{
    double[] amounts = [.. Enumerable.Range(0, 4).Select(_ => -(n < 200 ? 20 : 2) * Math.Log(1 - random.NextDouble()))];
    for (var f = 0; f < 20; f++)
        values[(n * 20) + f] = Poisson(amounts.Select((a, k) => a * Hump(f, 2 + (5 * k), 2)).Sum());
}

var data = NmfData<double>.FromDense(values, 400, 20);
var model = MarginalLikelihood.Fit(data, new MarginalLikelihoodOptions { Rank = 12, Starts = 3 });
Console.WriteLine($"{model.Rank} of {model.Options.Rank} components are left");
var amount = model.Activations!;
Console.WriteLine($"Long measurement:  {amount.Mean[0, 0]:F1} ± {amount.Deviation[0, 0]:F1} counts of part 0");
Console.WriteLine($"Short measurement: {amount.Mean[200, 0]:F1} ± {amount.Deviation[200, 0]:F1} counts of part 0");

// What the model has not seen is told by its likelihood.
var (usual, strange) = (values[..20], new double[20]);
strange[0] = strange[10] = strange[19] = 12;
Console.WriteLine($"log p of a usual sample {LogLikelihood(usual):F0}, of a strange one {LogLikelihood(strange):F0}");

double LogLikelihood(double[] row) => model.Infer(NmfData<double>.FromDense(row, 1, 20)).LogLikelihood[0];

double Hump(double x, double at, double width) => Math.Exp(-Math.Pow((x - at) / width, 2));

int Poisson(double mean)
{
    var (count, product) = (0, random.NextDouble());
    for (; product > Math.Exp(-mean); count++)
        product *= random.NextDouble();
    return count;
}
