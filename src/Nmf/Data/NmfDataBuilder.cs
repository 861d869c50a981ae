using System.Numerics;
using Nmf.Kernels;

namespace Nmf;

/// <summary>
/// Makes data from samples that come one by one, their number known or not. Data of which at most a quarter is not zero
/// become sparse, whatever form the samples came in; a sparse matrix has no place for NaN beside zeros, so that data
/// with NaN are dense unless what is absent is missing, too.
/// </summary>
/// <remarks>Where the number of samples was told, dense ones are written where they stay, in the walk that checks and
/// sums them: their only one. Otherwise samples wait in blocks of 4 MB, each freed as soon as it was copied to its
/// place, in the walk that sums it, and pages of the result are taken as they are written: the data are in memory once.
/// </remarks>
/// <typeparam name="T">float or double.</typeparam>
public sealed class NmfDataBuilder<T> : NmfSampleBuilder<T>, IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    // What a sample has in place of a number of values where all of them are stored.
    private const int Queued = -1;
    private const int InPlace = -2;

    private readonly AbsentEntries _absent;
    private readonly int _expectedSamples;
    private readonly SampleQueue<T> _queue;
    private readonly List<int> _samples = [];
    private Matrix<T>? _rows;

    // Over the first samples, as long as all of them are in place.
    private DataWalk<T>? _walk;
    private int _taken;

    /// <summary>Begins without a sample.</summary>
    /// <param name="features">Number of features of every sample, at least 1.</param>
    /// <param name="missing">What NaN means.</param>
    /// <param name="absent">What zeros mean, whether a sample stores them or not.</param>
    /// <param name="expectedSamples">How many samples will probably come, or 0 when that is not known.</param>
    public NmfDataBuilder(
        int features, MissingValues missing = MissingValues.Error, AbsentEntries absent = AbsentEntries.Zero,
        int expectedSamples = 0)
        : base(features, missing == MissingValues.NaN)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(expectedSamples);
        (_absent, _expectedSamples) = (absent, absent == AbsentEntries.Zero ? expectedSamples : 0);
        _queue = new SampleQueue<T>(features);
    }

    /// <summary>Number of entries so far that are not missing.</summary>
    internal long ObservedEntries => _absent == AbsentEntries.Missing ? NonZeros : ((long)Count * Features) - NaNs;

    private bool NextIsInPlace => Count < _expectedSamples;

    /// <summary>The data; the samples are used up.</summary>
    /// <exception cref="NmfDataException">There is nothing to factorise.</exception>
    public NmfData<T> ToData() => Merge([(this, Count)]);

    /// <summary>The data of a shard, which may be all zeros.</summary>
    internal NmfData<T> ToShard() => Merge([(this, Count)], mayBeZero: true);

    /// <summary>The data of several builders, for instance of one for each thread; their samples are used up.</summary>
    /// <param name="runs">From which builder the samples come in turn, and how many of them: all that it
    /// has, in their order.</param>
    /// <param name="mayBeZero">Whether all entries may be zero.</param>
    /// <exception cref="ArgumentException">The builders differ in features or in what they leave out, or have other
    /// numbers of samples.</exception>
    /// <exception cref="NmfDataException">There is nothing to factorise.</exception>
    internal static NmfData<T> Merge(
        IReadOnlyList<(NmfDataBuilder<T> Builder, int Samples)> runs, bool mayBeZero = false)
    {
        ArgumentNullException.ThrowIfNull(runs);
        var builders = runs.Select(run => run.Builder).Distinct().ToList();
        if (builders.Count == 0)
            throw new ArgumentException("There is no builder.", nameof(runs));
        var (features, absent) = (builders[0].Features, builders[0]._absent);
        if (builders.Exists(builder => builder.Features != features || builder._absent != absent))
            throw new ArgumentException(
                "The builders have different features, or absent entries mean different things.", nameof(runs));
        if (builders.Exists(builder => builder.Count - builder._taken != runs.Where(run => run.Builder == builder).Sum(
            run => (long)run.Samples)))
        {
            throw new ArgumentException(
                "The builders hold other numbers of samples than these: was it taken before?", nameof(runs));
        }

        var count = checked((int)builders.Sum(builder => (long)builder.Count));
        var nonZeros = builders.Sum(builder => builder.NonZeros);
        var isComplete = builders.TrueForAll(builder => builder.NaNs == 0);
        try
        {
            var isSparse = absent == AbsentEntries.Missing
                || (isComplete && nonZeros <= (double)count * features / SparseFraction);
            return isSparse ? ToSparse(runs, count, nonZeros, absent, mayBeZero) : ToDense(runs, count, mayBeZero);
        }
        finally
        {
            builders.ForEach(builder => builder.Dispose());
        }
    }

    /// <summary>Gives up the samples.</summary>
    public void Dispose()
    {
        _queue.Dispose();
        (_rows, _walk) = (null, null);
    }

    private protected override void RequireRoom()
    {
        if (Count == Array.MaxLength)
            throw new InvalidOperationException($"There are {Count} samples, the most that data can have.");
    }

    private protected override Span<T> DenseRow()
        => NextIsInPlace ? (_rows ??= new Matrix<T>(_expectedSamples, Features)).Row(Count) : _queue.DenseRow();

    private protected override void AddDense(in RowSummary summary)
    {
        _samples.Add(NextIsInPlace ? InPlace : Queued);
        if (!NextIsInPlace)
        {
            _queue.AddDense();
            return;
        }

        _walk ??= new DataWalk<T>(Features, MissingValues.NaN);
        if (_walk.Samples == Count)
            _walk.Add(_rows!.Row(Count), summary);
    }

    private protected override void AddSparse(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, in RowSummary summary)
    {
        _samples.Add(values.Length);
        _queue.AddSparse(indices, values);
    }

    private static NmfData<T> ToDense(
        IReadOnlyList<(NmfDataBuilder<T> Builder, int Samples)> runs, int count, bool mayBeZero)
    {
        // In place already, or room for all.
        var features = runs[0].Builder.Features;
        var (matrix, walk) = runs.Count == 1 && runs[0].Builder._rows is { } rows && rows.Rows >= count
            ? (rows.Rows == count ? rows : rows.FirstRows(count), runs[0].Builder._walk)
            : (new Matrix<T>(count, features), null);
        walk ??= new DataWalk<T>(features, MissingValues.NaN);
        var n = 0;
        foreach (var (builder, samples) in runs)
        {
            for (var i = 0; i < samples; i++, n++)
            {
                var values = builder.Take(out var indices);
                if (n == walk.Samples)
                    walk.Add(matrix.Row(n), Write(values, indices, matrix.Row(n)));
            }
        }

        return NmfData<T>.Walked(matrix, MissingValues.NaN, walk.Finish(mayBeZero));
    }

    private static unsafe NmfData<T> ToSparse(
        IReadOnlyList<(NmfDataBuilder<T> Builder, int Samples)> runs, int count, long nonZeros, AbsentEntries absent,
        bool mayBeZero)
    {
        var matrix = new SparseMatrix<T>(count, runs[0].Builder.Features, nonZeros);
        var walk = new DataWalk<T>(matrix.Columns, MissingValues.Error, absent);
        var (n, at) = (0, 0L);
        foreach (var (builder, samples) in runs)
        {
            for (var i = 0; i < samples; i++, n++)
            {
                var values = builder.Take(out var indices);
                for (var j = 0; j < values.Length; j++)
                {
                    // NaN stands here only where absent entries are missing.
                    if (values[j] == T.Zero || T.IsNaN(values[j]))
                        continue;
                    (matrix.ColumnIndices[at], matrix.Values[at]) = (indices.IsEmpty ? j : indices[j], values[j]);
                    at++;
                }

                matrix.RowStarts[n + 1] = at;
                walk.Add(matrix.RowIndices(n), matrix.RowValues(n));
            }
        }

        GC.KeepAlive(matrix);
        return NmfData<T>.Walked(matrix, absent, walk.Finish(mayBeZero));
    }

    /// <summary>Writes a sample to its place, unless it is there, and looks at it.</summary>
    private static RowSummary Write(ReadOnlySpan<T> values, ReadOnlySpan<int> indices, Span<T> row)
    {
        if (!indices.IsEmpty || values.IsEmpty)
        {
            // In place it may hold what a sample that became sparse left there.
            row.Clear();
            for (var j = 0; j < values.Length; j++)
                row[indices[j]] = values[j];
        }
        else if (!values.Overlaps(row))
        {
            return RowKernels.Copy(values, row, nanIsMissing: true);
        }

        return RowKernels.Summarize<T>(row, nanIsMissing: true);
    }

    /// <summary>Takes the next sample: all its values, or with indices some of them.</summary>
    private ReadOnlySpan<T> Take(out ReadOnlySpan<int> indices)
    {
        var at = _taken++;
        indices = [];
        return _samples[at] switch
        {
            InPlace => _rows!.Row(at),
            Queued => _queue.TakeDense(),
            var count => _queue.TakeSparse(count, out indices),
        };
    }
}
