using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Nmf;
using Nmf.Kernels;

namespace MeasuresOfFit;

/// <summary>How well each measure finds the parts that the data were made of, under each noise.</summary>
internal sealed class Study
{
    public const int Samples = 200;

    // A difference counts when it exceeds so many standard errors of the paired differences.
    private const double SignificantErrors = 2;

    private readonly double[,][] _angles;

    private Study(double[,][] angles, IReadOnlyList<float[]> observed, IReadOnlyList<float[][]> found)
        => (_angles, Observed, Found) = (angles, observed, found);

    /// <summary>For every noise the first data set, sample by sample.</summary>
    public IReadOnlyList<float[]> Observed { get; }

    /// <summary>For every noise the parts that the best measure found in the first data set, in the
    /// order of the truth.</summary>
    public IReadOnlyList<float[][]> Found { get; }

    /// <summary>Fits everything.</summary>
    /// <param name="draws">Data sets per noise.</param>
    /// <param name="seed">Seed of the first.</param>
    public static Study Run(int draws, int seed)
    {
        var angles = new double[Noise.All.Count, Candidate.All.Count][];
        var observed = new List<float[]>();
        var found = new List<float[][]>();
        for (var noise = 0; noise < Noise.All.Count; noise++)
        {
            for (var c = 0; c < Candidate.All.Count; c++)
                angles[noise, c] = new double[draws];
            (double Angle, float[][] Parts) best = (double.PositiveInfinity, []);
            for (var draw = 0; draw < draws; draw++)
            {
                var truth = new Truth(Samples, new Random(seed + draw));
                var data = Draw(Noise.All[noise], truth, new Random(seed + draw + (1000 * (noise + 1))));
                if (draw == 0)
                    observed.Add([.. data.SelectMany(row => row.Values)]);
                for (var c = 0; c < Candidate.All.Count; c++)
                {
                    if (!IsAllowed(Candidate.All[c], data))
                    {
                        angles[noise, c][draw] = double.NaN;
                        continue;
                    }

                    var (angle, parts) = Recover(truth, Candidate.All[c], data, seed);
                    angles[noise, c][draw] = angle;
                    if (draw == 0 && angle < best.Angle)
                        best = (angle, parts);
                }
            }

            found.Add(best.Parts);
        }

        return new Study(angles, observed, found);
    }

    /// <summary>The mean angle in degrees over the data sets; NaN where the measure does not allow them.</summary>
    public double Angle(int noise, int candidate) => _angles[noise, candidate].Average();

    /// <summary>The measure with the smallest mean, and those that are not distinguishable from it on the
    /// same data sets.</summary>
    public (int Best, IReadOnlyList<int> Ties) Winners(int noise)
    {
        var candidates = Enumerable.Range(0, Candidate.All.Count).Where(c => !double.IsNaN(Angle(noise, c))).ToArray();
        var best = candidates.MinBy(c => Angle(noise, c));
        return (best, [.. candidates.Where(c => c != best && IsTie(_angles[noise, best], _angles[noise, c]))]);
    }

    /// <summary>A data set under one noise, as ML.NET sees it.</summary>
    public static Row[] Draw(Noise noise, Truth truth, Random random)
        => [.. Enumerable.Range(0, Samples).Select(n => new Row { Values = [
            .. Enumerable.Range(0, Truth.Features).Select(f => (float)noise.Observe(truth.Mean(n, f), random))] })];

    /// <summary>The pipeline of one measure.</summary>
    public static NmfTransformer Fit(MLContext ml, Candidate candidate, Row[] data)
    {
        var options = new NmfEstimator.Options
        {
            OutputColumnName = "Parts", InputColumnName = nameof(Row.Values), Rank = Truth.Rank,
            Initialization = NmfInitialization.Random, Starts = 2,
            Iterations = new() { MaximumIterations = 300, Tolerance = 1e-6 },
        };
        candidate.Choose(options);
        return ml.Transforms.NonnegativeMatrixFactorization(options).Fit(ml.Data.LoadFromEnumerable(data));
    }

    private static bool IsAllowed(Candidate candidate, Row[] data)
        => data.All(row => row.Values.All(v => (v > 0 || candidate.AllowsZeros) && v <= candidate.LargestDatum));

    private static (double Angle, float[][] Parts) Recover(Truth truth, Candidate candidate, Row[] data, int seed)
    {
        var model = Fit(new MLContext(seed), candidate, data).Model;
        var dictionary = new Matrix<float>(Truth.Features, model.Rank);
        for (var k = 0; k < model.Rank; k++)
        {
            var component = model.GetComponent(k);
            for (var f = 0; f < component.Length; f++)
                dictionary[f, k] = component[f];
        }

        // Components come in any order and scale: each part is compared with the component that is matched to it,
        // by the angle between them.
        var matching = ComponentMatching.Match(truth.Dictionary, dictionary, ComponentDistance.SpectralAngle);
        return (matching.MeanDistance * 180 / Math.PI,
            [.. matching.ComponentOf.Select(k => model.GetComponent(k).ToArray())]);
    }

    private static bool IsTie(double[] best, double[] other)
    {
        var differences = other.Zip(best, (a, b) => a - b).ToArray();
        var mean = differences.Average();
        var error = Math.Sqrt(
            differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1.0) / differences.Length);
        return mean <= SignificantErrors * error;
    }
}

/// <summary>One sample.</summary>
internal sealed class Row
{
    [VectorType(Truth.Features)]
    public float[] Values { get; set; } = [];
}
