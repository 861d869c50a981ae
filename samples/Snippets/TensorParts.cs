#:project ../../src/Nmf/Nmf.csproj
// Fluorescence of ten mixtures: excitation x emission x sample. The three dyes are found one by one, with their spectra
// and what every mixture holds of them; then a mixture that the fit has not seen.
using Nmf;

const int Excitations = 20, Emissions = 40, Samples = 10;
double[][] peaks = [[4, 10], [9, 18], [14, 30]];
var random = new Random(1);
var amounts = Enumerable.Range(0, Samples).Select(_ => peaks.Select(_ => random.NextDouble()).ToArray()).ToArray();
double[] fresh = [0.2, 0.7, 0.4];

var data = NmfTensor<double>.FromDense(Measure(amounts), [Samples, Excitations, Emissions]);
var model = TensorNmf.Fit(data, new TensorNmfOptions { Rank = 3 });
Console.WriteLine($"{model.ExplainedPart:P1} explained by three components");

// A sample is one index of the first mode.
var slice = NmfTensor<double>.FromDense(Measure([fresh]), [1, Excitations, Emissions]);
var inferred = model.Infer(mode: 0, slice);
for (var k = 0; k < model.Rank; k++)
{
    var (excitation, emission) = (Peak(model.Factors[1]), Peak(model.Factors[2]));
    var dye = Array.FindIndex(peaks, peak => peak[0] == excitation);

    // The amounts of the fit in the unit of those that were mixed.
    var unit = amounts.Average(mixture => mixture[dye])
        / Enumerable.Range(0, Samples).Average(i => model.Factors[0][i, k]);
    Console.WriteLine(
        $"A dye that is excited at {excitation} and emits at {emission}: {unit * inferred[0, k]:F2} of it in the new "
        + $"mixture, where there are {fresh[dye]:F2}");

    int Peak(Nmf.Kernels.Matrix<double> factor)
        => Enumerable.Range(0, factor.Rows).MaxBy(i => factor[i, k]);
}

double[] Measure(double[][] mixtures) =>
[
    .. from mixture in mixtures
       from excitation in Enumerable.Range(0, Excitations)
       from emission in Enumerable.Range(0, Emissions)
       select mixture.Zip(peaks, (amount, peak) => amount * Bell(excitation - peak[0], 3) * Bell(emission - peak[1], 5))
           .Sum() * (1 + (0.02 * random.NextDouble())),
];

static double Bell(double distance, double width) => Math.Exp(-0.5 * distance * distance / (width * width));
