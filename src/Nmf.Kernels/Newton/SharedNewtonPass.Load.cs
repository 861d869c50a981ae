using Nmf.Kernels.Dense;

namespace Nmf.Kernels.Newton;

// How the rows of a block and their data come into scratch memory.
internal sealed unsafe partial class SharedNewtonPass<TVector, TSimd, T>
{
    private const int SamplesAtOnce = 16;

    // Rows beyond the last are zero: they cost the time of a row and have no effect.
    private void Load(int first, int count, nint length, Scratch scratch)
    {
        new Span<T>(scratch.Start, BlockRows * _paddedRank).Clear();
        for (var i = 0; i < count; i++)
            _factor!.Row(first + i).CopyTo(new Span<T>(scratch.Start + ((nint)i * _paddedRank), _rank));
        new Span<T>(scratch.Values + (count * length), (int)((BlockRows - count) * length)).Clear();
        if (_dense is null)
            LoadSparse(_activations ? _sparse! : _transposed!, first, count, length, scratch.Values);
        else if (_activations)
            LoadRows(_dense, first, count, length, scratch.Values);
        else
            LoadColumns(_dense, first, count, length, scratch.Values);
    }

    private static void LoadRows(Matrix<T> data, int first, int count, nint length, T* values)
    {
        for (var i = 0; i < count; i++)
        {
            var target = new Span<T>(values + (i * length), (int)length);
            data.Row(first + i).CopyTo(target);
            target[data.Columns..].Clear();
        }
    }

    // A few samples at a time, whose lines of V stay in the cache while every row takes its values from them.
    private static void LoadColumns(Matrix<T> data, int first, int count, nint length, T* values)
    {
        var (samples, stride) = (data.Rows, data.Stride);
        for (var n = 0; n < samples; n += SamplesAtOnce)
        {
            var source = data.Data + (n * stride) + first;
            for (var m = n + SamplesAtOnce; m < Math.Min(samples, n + (2 * SamplesAtOnce)); m++)
                Transposition<T>.Prefetch(data.Data + (m * stride) + first, count);
            Transposition<T>.Copy(source, stride, Math.Min(SamplesAtOnce, samples - n), count, values + n, length);
        }

        for (var i = 0; i < count; i++)
            new Span<T>(values + (i * length) + samples, (int)(length - samples)).Clear();
    }

    private static void LoadSparse(SparseMatrix<T> data, int first, int count, nint length, T* values)
    {
        new Span<T>(values, (int)(count * length)).Clear();
        for (var i = 0; i < count; i++)
        {
            var indices = data.RowIndices(first + i);
            var stored = data.RowValues(first + i);
            for (var j = 0; j < indices.Length; j++)
                values[(i * length) + indices[j]] = stored[j];
        }
    }
}
