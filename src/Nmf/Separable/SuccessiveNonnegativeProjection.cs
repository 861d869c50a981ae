using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// SNPA (Gillis 2014): repeatedly picks the sample with the largest residual <c>min ‖v - W h‖²</c> over h ≥ 0, Σ h ≤ 1,
/// W being the samples picked before. Everything is found from products of samples with picked ones, in double: data
/// are neither copied nor densified.
/// </summary>
internal static class SuccessiveNonnegativeProjection
{
    public static int[] Pick<T>(
        NmfData<T> data, int rank, bool normalize, WorkTeam team, IProgress<int>? progress,
        CancellationToken cancellationToken)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var most = Math.Min(rank, data.Samples);
        var search = new Search<T>(data, most, normalize, team, cancellationToken);
        var picked = new List<int>(most);
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var farthest = search.Farthest();
            if (farthest < 0 || picked.Contains(farthest))
                break;
            picked.Add(farthest);
            progress?.Report(picked.Count);
            if (picked.Count == most)
                break;
            search.Add(farthest);
        }

        return [.. picked];
    }

    private sealed class Search<T> : IBlockWork
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private const int SamplesOfBlock = 64;

        // A residual below this part of the largest sample is rounding.
        private static readonly double Rounding = typeof(T) == typeof(float) ? 1e-8 : 1e-10;

        private readonly NmfData<T> _data;
        private readonly bool _normalize;
        private readonly WorkTeam _team;
        private readonly CancellationToken _cancellationToken;
        private readonly double[] _scales;
        private readonly double[] _squares;
        private readonly double[] _residuals;
        private readonly double[] _sample;
        private readonly double _negligible;

        // Products of all samples with the vertices: the origin, whose products are zero, and the picked samples.
        private readonly Matrix<double> _products;
        private readonly Matrix<double> _gram;
        private readonly double[][] _scratch;
        private int _vertices;

        public Search(NmfData<T> data, int most, bool normalize, WorkTeam team, CancellationToken cancellationToken)
        {
            (_data, _normalize, _team, _cancellationToken) = (data, normalize, team, cancellationToken);
            _scales = new double[data.Samples];
            _squares = new double[data.Samples];
            _residuals = new double[data.Samples];
            _sample = new double[data.Features];
            _products = new Matrix<double>(data.Samples, most + 1);
            _gram = new Matrix<double>(most + 1, most + 1);
            _scratch = new double[team.Threads][];
            for (var i = 0; i < _scratch.Length; i++)
                _scratch[i] = new double[most + 1 + AbundanceQuadratic.ScratchLength(most + 1)];
            Run();
            _vertices = 1;
            _negligible = Rounding * _residuals.Max();
        }

        /// <summary>The sample with the largest residual, the first of several; -1 where what is
        /// left is rounding.</summary>
        public int Farthest()
        {
            var best = 0;
            for (var n = 1; n < _residuals.Length; n++)
                best = _residuals[n] > _residuals[best] ? n : best;
            return _residuals[best] > _negligible ? best : -1;
        }

        /// <summary>Takes a sample as a vertex and projects all others anew.</summary>
        public void Add(int picked)
        {
            _data.CopySample(picked, _sample);
            foreach (ref var value in _sample.AsSpan())
                value *= _scales[picked];
            for (var vertex = 1; vertex < _vertices; vertex++)
                _gram[vertex, _vertices] = _gram[_vertices, vertex] = _products[picked, vertex];
            _gram[_vertices, _vertices] = _squares[picked];
            _vertices++;
            Run();
        }

        void IBlockWork.Run(int block, int worker)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var to = Math.Min(_data.Samples, (block + 1) * SamplesOfBlock);
            for (var n = block * SamplesOfBlock; n < to; n++)
            {
                if (_vertices == 0)
                    Measure(n);
                else
                    Project(n, _scratch[worker]);
            }
        }

        private void Run() => _team.Run(this, (_data.Samples + SamplesOfBlock - 1) / SamplesOfBlock);

        private void Measure(int sample)
        {
            double sum = 0, squares = 0;
            foreach (var entry in Values(sample))
            {
                var value = double.CreateTruncating(entry);
                sum += value;
                squares += value * value;
            }

            _scales[sample] = _normalize && sum > 0 ? 1 / sum : 1;
            _squares[sample] = _residuals[sample] = squares * _scales[sample] * _scales[sample];
        }

        private void Project(int sample, Span<double> scratch)
        {
            var products = _products.Row(sample)[.._vertices];
            products[^1] = Product(sample);
            _residuals[sample] = Math.Max(0, _squares[sample] + AbundanceQuadratic.Solve(
                _gram, products, scratch[.._vertices], scratch[_vertices..]));
        }

        private double Product(int sample)
        {
            double product = 0;
            ReadOnlySpan<T> values = Values(sample);
            ReadOnlySpan<int> indices = _data.Sparse is { } sparse ? sparse.RowIndices(sample) : [];
            for (var j = 0; j < values.Length; j++)
                product += double.CreateTruncating(values[j]) * _sample[indices.IsEmpty ? j : indices[j]];
            return product * _scales[sample];
        }

        private ReadOnlySpan<T> Values(int sample)
            => _data.Dense is { } dense ? dense.Row(sample) : _data.Sparse!.RowValues(sample);
    }
}
