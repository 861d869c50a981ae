using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// A start for abundances: samples of the data as they are, picked by an endmember search or at random; where the
/// search ends early, random samples follow. The activations are even, and the solver replaces them by the exact ones.
/// Where updates multiply, entries of the dictionary far below the mean of their feature are lifted, so that they can
/// grow and no model is zero where data are not, and the abundances are those of this dictionary, a little evened: even
/// ones would draw all components to the mean before the abundances can part.
/// </summary>
internal static class AbundanceStart
{
    private const double SmallestPartOfMean = 0.01;
    private const double EvenPart = 0.05;

    public static NmfStart<T> Create<T>(
        NmfData<T> data, NmfOptions options, int start, WorkTeam team, CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var rank = options.Rank;
        // The sum of abundances is fixed, so bright samples are as good as others: no division by the sum of a sample,
        // which would magnify the noise of dark ones.
        int[] picked = start > 0 || options.Initialization == NmfInitialization.Random
            ? []
            : SeparableNmf.Pick(
                data, rank, SearchOf(options.Initialization), normalize: false, options.Seed, team, null,
                cancellationToken);
        var random = new CounterRandom(options.Seed, start);
        var samples = new int[rank];
        for (var (k, draw) = (0, 0L); k < rank;)
        {
            var sample = k < picked.Length ? picked[k] : (int)(random.Uniform(draw++) * data.Samples);

            // A sample twice is a direction lost; more components than samples have no choice.
            if (k < data.Samples && samples.AsSpan(0, k).Contains(sample))
                continue;
            samples[k++] = sample;
        }

        var w = SuccessiveProjection.Dictionary(data, samples);
        var even = T.One / T.CreateChecked(rank);
        if (options.Problem.SolverFor(options.Solver).KeepsZeros())
        {
            Lift(w, data);
            var solved = Inference.Run(w, data, options.Problem, options.Inference, null, team, cancellationToken);
            for (var n = 0; n < solved.Rows; n++)
            {
                TensorPrimitives.Multiply(solved.Row(n), T.CreateChecked(1 - EvenPart), solved.Row(n));
                TensorPrimitives.Add(solved.Row(n), even * T.CreateChecked(EvenPart), solved.Row(n));
            }

            return new NmfStart<T>(w, solved);
        }

        var h = new Matrix<T>(data.Samples, rank);
        for (var n = 0; n < h.Rows; n++)
            h.Row(n).Fill(even);
        return new NmfStart<T>(w, h);
    }

    private static void Lift<T>(Matrix<T> w, NmfData<T> data)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var sums = new double[data.Features];
        ProjectionStart.AddUp(data, sums, new double[data.Samples]);
        for (var f = 0; f < sums.Length; f++)
        {
            var row = w.Row(f);
            TensorPrimitives.Max(row, T.CreateChecked(SmallestPartOfMean * sums[f] / data.Samples), row);
        }
    }

    private static EndmemberSearch SearchOf(NmfInitialization initialization) => initialization switch
    {
        NmfInitialization.SuccessiveNonnegativeProjection => EndmemberSearch.SuccessiveNonnegativeProjection,
        NmfInitialization.VertexComponentAnalysis => EndmemberSearch.VertexComponentAnalysis,
        _ => EndmemberSearch.SuccessiveProjection,
    };
}
