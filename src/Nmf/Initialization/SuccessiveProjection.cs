using System.Numerics;
using System.Numerics.Tensors;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// The successive projection algorithm (SPA): picks the samples that span the others, the one farthest from the span of
/// those picked before at each step. If every sample is a nonnegative combination of a few pure ones, these are found
/// exactly, and with noise nearly (Araújo et al., "The successive projections algorithm for variable selection", 2001;
/// Gillis and Vavasis, "Fast and robust recursive algorithms for separable nonnegative matrix factorization", 2014).
/// </summary>
/// <remarks>
/// Cost: one walk over the data per pick, 2 operations per stored entry, beside rank² · F for the directions. Memory:
/// rank · F and a few numbers per sample; sparse data are not densified. Results do not depend on the number of
/// threads: every sample is projected by itself.
/// </remarks>
internal static class SuccessiveProjection
{
    /// <summary>Samples as the columns of a dictionary.</summary>
    /// <param name="data">samples x features.</param>
    /// <param name="samples">Which samples, such as those of <see cref="Pick{T}"/>.</param>
    /// <returns>W, features x number of samples.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sample.</exception>
    public static Matrix<T> Dictionary<T>(NmfData<T> data, ReadOnlySpan<int> samples)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(data);
        foreach (var sample in samples)
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)sample, (uint)data.Samples, nameof(samples));
        var dictionary = new Matrix<T>(data.Features, samples.Length);
        for (var k = 0; k < samples.Length; k++)
        {
            if (data.Dense is { } dense)
            {
                var row = dense.Row(samples[k]);
                for (var f = 0; f < row.Length; f++)
                    dictionary[f, k] = row[f];
                continue;
            }

            ReadOnlySpan<int> indices = data.Sparse!.RowIndices(samples[k]);
            ReadOnlySpan<T> values = data.Sparse.RowValues(samples[k]);
            for (var j = 0; j < values.Length; j++)
                dictionary[indices[j], k] = values[j];
        }

        return dictionary;
    }

    /// <summary>Picks samples.</summary>
    /// <param name="data">samples x features. Samples of zeros are never picked.</param>
    /// <param name="rank">How many to pick, at least 1.</param>
    /// <param name="normalize">Whether every sample is first divided by its sum, so that bright or long samples have no
    /// advantage: what topics and spectra want. Without it outliers in size are picked first.</param>
    /// <param name="team">Threads to use.</param>
    /// <param name="progress">Told how many are picked, or null.</param>
    /// <param name="cancellationToken">Looked at before every pick and during it.</param>
    /// <returns>Indices of samples in the order in which they were picked; fewer than asked for where the data span no
    /// more directions.</returns>
    /// <exception cref="ArgumentException">Entries are missing: a sample that is not known has no place
    /// among the others.</exception>
    /// <exception cref="OperationCanceledException">The search was cancelled.</exception>
    internal static int[] Pick<T>(
        NmfData<T> data, int rank, bool normalize, WorkTeam team, IProgress<int>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (data.HasMissingEntries)
            throw new ArgumentException(
                "Successive projection needs complete samples, but the data have missing entries. "
                + "Choose another start.", nameof(data));
        var search = new Search<T>(data, normalize, team, cancellationToken);
        var most = Math.Min(rank, Math.Min(data.Samples, data.Features));
        var directions = new Matrix<T>(most, data.Features);
        var picked = new List<int>(most);
        while (picked.Count < most)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var sample = search.Farthest();
            if (sample < 0)
                break;
            var direction = directions.Row(picked.Count);
            if (!search.Direction(sample, directions, picked.Count, direction))
                break;
            picked.Add(sample);
            progress?.Report(picked.Count);
            search.Project(direction);
        }

        return [.. picked];
    }

    /// <summary>Squared distances of all samples from the span of the directions so far, without ever forming the
    /// projected samples.</summary>
    private sealed unsafe class Search<T> : IBlockWork
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int SamplesOfBlock = 64;

        // Sums over a sample are in T within such a run and in double across runs.
        private const int Run = 512;

        // A residual below this part of the largest sample is rounding.
        private static readonly double Rounding = typeof(T) == typeof(float) ? 1e-5 : 1e-12;

        private readonly NmfData<T> _data;
        private readonly WorkTeam _team;
        private readonly bool _normalize;
        private readonly double[] _scales;
        private readonly double[] _residuals;
        private readonly double _negligible;
        private readonly CancellationToken _cancellationToken;
        private T* _direction;

        public Search(NmfData<T> data, bool normalize, WorkTeam team, CancellationToken cancellationToken)
        {
            (_data, _normalize, _team, _cancellationToken) = (data, normalize, team, cancellationToken);
            _scales = new double[data.Samples];
            _residuals = new double[data.Samples];
            team.Run(this, Blocks);
            _negligible = Rounding * _residuals.Max();
        }

        private int Blocks => (_data.Samples + SamplesOfBlock - 1) / SamplesOfBlock;

        /// <summary>The sample with the largest residual, the first of several; -1 where what is
        /// left is rounding.</summary>
        public int Farthest()
        {
            var best = -1;
            var largest = _negligible;
            for (var n = 0; n < _residuals.Length; n++)
            {
                if (_residuals[n] > largest)
                    (best, largest) = (n, _residuals[n]);
            }

            return best;
        }

        /// <summary>The unit vector of what a sample has beyond the earlier directions; false where
        /// that is rounding.</summary>
        public bool Direction(int sample, Matrix<T> earlier, int count, Span<T> direction)
        {
            var rest = new double[_data.Features];
            if (_data.Dense is { } dense)
            {
                var row = dense.Row(sample);
                for (var f = 0; f < rest.Length; f++)
                    rest[f] = double.CreateTruncating(row[f]) * _scales[sample];
            }
            else
            {
                ReadOnlySpan<int> indices = _data.Sparse!.RowIndices(sample);
                ReadOnlySpan<T> values = _data.Sparse.RowValues(sample);
                for (var j = 0; j < values.Length; j++)
                    rest[indices[j]] = double.CreateTruncating(values[j]) * _scales[sample];
            }

            // Twice: after the first round the rest is orthogonal but for rounding relative to the whole sample.
            for (var round = 0; round < 2; round++)
            {
                for (var i = 0; i < count; i++)
                {
                    ReadOnlySpan<T> row = earlier.Row(i);
                    double product = 0;
                    for (var f = 0; f < rest.Length; f++)
                        product += double.CreateTruncating(row[f]) * rest[f];
                    for (var f = 0; f < rest.Length; f++)
                        rest[f] -= product * double.CreateTruncating(row[f]);
                }
            }

            var norm = Math.Sqrt(TensorPrimitives.SumOfSquares<double>(rest));
            if (norm * norm <= _negligible)
                return false;
            for (var f = 0; f < rest.Length; f++)
                direction[f] = T.CreateTruncating(rest[f] / norm);
            return true;
        }

        /// <summary>Takes a direction out of all samples.</summary>
        public void Project(Span<T> direction)
        {
            fixed (T* pointer = direction)
            {
                _direction = pointer;
                _team.Run(this, Blocks);
                _direction = null;
            }
        }

        void IBlockWork.Run(int block, int worker)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var to = Math.Min(_data.Samples, (block + 1) * SamplesOfBlock);
            for (var n = block * SamplesOfBlock; n < to; n++)
            {
                if (_direction == null)
                    Measure(n);
                else
                    _residuals[n] = Math.Max(0, _residuals[n] - Square(
                        _scales[n] * Product(n, new ReadOnlySpan<T>(_direction, _data.Features))));
            }
        }

        private static double Square(double value) => value * value;

        private void Measure(int sample)
        {
            var values = _data.Dense is { } dense ? dense.Row(sample) : _data.Sparse!.RowValues(sample);
            double sum = 0, squares = 0;
            for (var at = 0; at < values.Length; at += Run)
            {
                ReadOnlySpan<T> run = values[at..Math.Min(values.Length, at + Run)];
                sum += double.CreateTruncating(TensorPrimitives.Sum(run));
                squares += double.CreateTruncating(TensorPrimitives.SumOfSquares(run));
            }

            _scales[sample] = !_normalize ? 1 : sum > 0 ? 1 / sum : 0;
            _residuals[sample] = squares * _scales[sample] * _scales[sample];
        }

        private double Product(int sample, ReadOnlySpan<T> direction)
        {
            double product = 0;
            if (_data.Dense is { } dense)
            {
                ReadOnlySpan<T> row = dense.Row(sample);
                for (var at = 0; at < row.Length; at += Run)
                {
                    var length = Math.Min(Run, row.Length - at);
                    product += double.CreateTruncating(
                        TensorPrimitives.Dot(row.Slice(at, length), direction.Slice(at, length)));
                }

                return product;
            }

            ReadOnlySpan<int> indices = _data.Sparse!.RowIndices(sample);
            ReadOnlySpan<T> values = _data.Sparse.RowValues(sample);
            for (var j = 0; j < values.Length; j++)
                product += double.CreateTruncating(values[j]) * double.CreateTruncating(direction[indices[j]]);
            return product;
        }
    }
}
