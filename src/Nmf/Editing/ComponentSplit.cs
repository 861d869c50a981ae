using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Two components of one: a factorisation of rank two of the part of the data that the component has in the model,
/// <c>v_f w_fk h_k / (W h)_f</c>, under the same measure of fit.
/// </summary>
internal static class ComponentSplit
{
    // Of an entry, where the divergence is infinite at zero.
    private const double LeastPart = 1.0 / (1L << 40);

    private const int Halves = 2;

    /// <summary>The two columns, features x 2, in the scale of the fit.</summary>
    public static Matrix<T> Fit<T>(
        int component, NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, NmfOptions options,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.HasElementWeights)
            throw new ArgumentException(
                "A component is split by data whose entries have no weights of their own.", nameof(data));
        var entry = options.Problem.Entry;
        var part = Part(component, data, dictionary, activations, entry.BetaOrNull <= 0 ? LeastPart : 0);
        if (part.Sum == 0)
            throw new ArgumentException(
                $"Component {component} has no part of these data, so there is nothing to split.", nameof(component));
        return NmfFactorizer.Fit(
            part,
            new NmfOptions
            {
                Rank = Halves,
                Problem = entry.BetaOrNull is { } beta ? new BetaNmf(beta) : new MeasureNmf(entry),
                Iterations = new() { MaximumIterations = 500, Tolerance = 1e-5 },
                Seed = options.Seed,
                Threads = options.Threads,
                Scale = options.EffectiveScale,
                Inference = options.Inference,
            },
            cancellationToken: cancellationToken).Dictionary;
    }

    private static NmfData<T> Part<T>(
        int component, NmfData<T> data, Matrix<T> dictionary, Matrix<T> activations, double least)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        NmfData<T> part;
        if (data.Dense is { } dense)
        {
            var parts = new Matrix<T>(dense.Rows, dense.Columns);
            for (var n = 0; n < parts.Rows; n++)
            {
                for (var f = 0; f < parts.Columns; f++)
                    parts[n, f] = Of(n, f, dense[n, f]);
            }

            part = NmfData<T>.FromMatrix(
                parts, data.HasMissingEntries ? MissingValues.NaN : MissingValues.Error, isBatch: true);
        }
        else
        {
            var sparse = data.Sparse!;
            var (starts, columns, values) = (new long[sparse.Rows + 1], new List<int>(), new List<T>());
            for (var n = 0; n < sparse.Rows; n++)
            {
                var indices = sparse.RowIndices(n);
                var stored = sparse.RowValues(n);
                for (var j = 0; j < indices.Length; j++)
                {
                    columns.Add(indices[j]);
                    values.Add(Of(n, indices[j], stored[j]));
                }

                starts[n + 1] = values.Count;
            }

            part = NmfData<T>.FromMatrix(
                SparseMatrix<T>.FromCsr(sparse.Rows, sparse.Columns, starts, [.. columns], [.. values]),
                data.AbsentEntries, isBatch: true);
        }

        if (!data.HasSampleWeights)
            return part;
        var weights = new T[data.Samples];
        for (var n = 0; n < weights.Length; n++)
            weights[n] = T.CreateChecked(data.SampleWeight(n));
        return part.WithSampleWeights(weights);

        T Of(int n, int f, T value)
        {
            if (T.IsNaN(value))
                return value;
            double model = 0;
            for (var k = 0; k < dictionary.Columns; k++)
                model += double.CreateTruncating(dictionary[f, k]) * double.CreateTruncating(activations[n, k]);
            var own = double.CreateTruncating(dictionary[f, component])
                * double.CreateTruncating(activations[n, component]);
            return value * T.CreateChecked(model > 0 ? Math.Max(least, own / model) : least);
        }
    }
}
