using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Formats;
using Nmf;
using Nmf.Formats;
using Nmf.Kernels;

namespace Microsoft.ML.Data;

/// <summary>
/// Shards of a fit on many machines in Parquet files, one for each row group. An address is a file, or a folder of
/// files in the order of their names; the samples are a column of lists (or of sparse vectors as Apache Spark stores
/// them), all of the same length.
/// </summary>
/// <param name="columnName">Name of the column, lists of numbers.</param>
/// <param name="size">Number of features; null for the one that was saved with the column, or that all rows
/// have.</param>
/// <param name="missing">What NaN and missing numbers mean.</param>
/// <param name="absent">What entries mean that sparse vectors do not have.</param>
/// <remarks>All machines need the same files under the same path; they must not change while a fit goes on. The files
/// of an address are opened once, and again when one has another size or time than it had, has come or has gone: a fit
/// that begins sees what is there then. Where there are many, looking at all of them may take as long as loading a row
/// group: it is done whenever somebody counts, and for loads only so often that it takes a hundredth of the time; at
/// its own file every load looks. A row group is held in memory as a whole: write them no larger than a machine
/// is to hold (<see cref="ParquetWriteOptions.RowsPerGroup"/>). Thread-safe.</remarks>
public sealed class ParquetShards(
    string columnName, int? size = null, MissingValues missing = MissingValues.Error,
    AbsentEntries absent = AbsentEntries.Zero) : IShardSource
{
    private readonly ConcurrentDictionary<string, Known> _views = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    /// <exception cref="MatrixFormatException">A file is broken, or its column is not one of lists of one
    /// length.</exception>
    /// <exception cref="FileNotFoundException">There is no file.</exception>
    public ValueTask<int> CountAsync(string address, CancellationToken cancellationToken)
        => View(address, isFresh: true).Groups.Count is > 0 and var count
            ? new(count)
            : throw new MatrixFormatException(address, "there are no rows.");

    /// <inheritdoc/>
    /// <exception cref="MatrixFormatException">The file is broken.</exception>
    public ValueTask<NmfData<float>> LoadAsync(string address, int shard, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shard);
        var view = ViewOf(address, shard);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(shard, view.Groups.Count);
        var (rows, features) = (view.Groups[shard].Rows, ((VectorDataViewType)view.Schema[0].Type).Size);
        using var cursor = new ParquetCursor(view, [true], shard, view.Groups.Count);
        var get = cursor.GetGetter<VBuffer<float>>(view.Schema[0]);
        var row = default(VBuffer<float>);
        if (view.Columns[0] is not SparkVectorColumn<float>)
        {
            var matrix = new Matrix<float>(rows, features);
            for (var i = 0; cursor.MoveNext(); i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                get(ref row);
                row.CopyTo(matrix.Row(i));
            }

            return new(NmfData<float>.FromMatrix(matrix, missing, isBatch: true));
        }

        var (starts, indices, values) = (new List<long> { 0 }, new List<int>(), new List<float>());
        while (cursor.MoveNext())
        {
            cancellationToken.ThrowIfCancellationRequested();
            get(ref row);
            foreach (var (index, value) in row.Items())
            {
                indices.Add(index);
                values.Add(value);
            }

            starts.Add(values.Count);
        }

        return new(NmfData<float>.FromMatrix(
            SparseMatrix<float>.FromCsr(rows, features, [.. starts], [.. indices], [.. values]), absent,
            isBatch: true));
    }

    /// <inheritdoc/>
    public string NameOf(string address, int shard)
        => shard >= 0 && ViewOf(address, shard).Groups is var groups && shard < groups.Count
            ? $"{groups[shard].Path}, row group {groups[shard].Group}"
            : $"shard {shard} of {address}";

    // With what is in the file of the shard now.
    private ParquetView ViewOf(string address, int shard)
    {
        var view = View(address, isFresh: false);
        if (shard < view.Groups.Count && _views.TryGetValue(address, out var known))
        {
            var mark = ParquetView.MarkOf(view.Groups[shard].Path);
            if (known.Marks.Contains(mark))
                return view;
        }

        return View(address, isFresh: true);
    }

    private ParquetView View(string address, bool isFresh)
    {
        ArgumentException.ThrowIfNullOrEmpty(address);
        if (!_views.TryGetValue(address, out var known) || isFresh || known.IsOld)
        {
            var start = Stopwatch.GetTimestamp();
            var marks = ParquetView.MarksOf(address);
            var took = Stopwatch.GetElapsedTime(start);

            // Of several at once the last one stays; they have all seen the same.
            known = new Known(
                marks, known?.Marks.SequenceEqual(marks) == true ? known.View
                    : new Lazy<ParquetView>(() => Open(address)), Stopwatch.GetTimestamp(), took);
            _views[address] = known;
        }

        try
        {
            return known.View.Value;
        }
        catch
        {
            // What is not there now may be there the next time.
            _views.TryRemove(KeyValuePair.Create(address, known));
            throw;
        }
    }

    private ParquetView Open(string address)
    {
        var host = ((IHostEnvironment)new MLContext()).Register(nameof(ParquetShards));
        var view = ParquetView.Open(host, address, new ParquetReadOptions
        {
            Columns = [columnName],
            NumbersAsSingle = true,
            VectorSizes = size is { } features ? new Dictionary<string, int> { [columnName] = features } : null,
        });
        var type = view.Schema[0].Type;
        return type is VectorDataViewType { Size: > 0 } vector && vector.ItemType == NumberDataViewType.Single
            ? view
            : throw new MatrixFormatException(
                address, $"the column '{columnName}' is of type {type}; lists of numbers are needed, all of the same "
                + "length.");
    }

    // What was opened, and of which files, when they were looked at and how long that took.
    private sealed record Known(ParquetView.Mark[] Marks, Lazy<ParquetView> View, long Looked, TimeSpan Took)
    {
        public bool IsOld => Stopwatch.GetElapsedTime(Looked) > 100 * Took;
    }
}
