using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms.Fitting;
using Nmf;

namespace Microsoft.ML.Transforms;

/// <summary>Reads the rows of several views, once, into the form in which they are factorised.</summary>
internal static class CoRowReader
{
    /// <summary>Checks the column of a view.</summary>
    public static ColumnGuard Guard(IHost host, DataViewSchema schema, string column, double beta)
        => ColumnGuard.ForInput(host, schema, column, new BetaNmf(beta), MissingValues.NaN);

    /// <summary>Whether a row lacks a view: it is empty, or missing in all slots.</summary>
    public static bool IsMissing(in VBuffer<float> row)
        => row.Length == 0 || (row.GetValues().Length == row.Length && !row.GetValues().ContainsAnyExcept(float.NaN));

    /// <summary>Reads all rows that have a view.</summary>
    /// <exception cref="NmfDataException">A view cannot be factorised.</exception>
    public static NmfData<float>[] Read(
        IChannel channel, IDataView input, ColumnGuard[] guards, FitCancellation cancellation)
    {
        using var cursor = input.GetRowCursor([.. guards.Select(guard => guard.SchemaColumn)]);
        var capacity = (int)Math.Min(input.GetRowCount() ?? 0, Array.MaxLength);
        View[] views = [.. guards.Select(guard => new View(guard, cursor, capacity))];
        long count = 0, left = 0;
        for (; cursor.MoveNext(); count++)
        {
            if (count % RowCursor.RowsBetweenChecks == 0)
                cancellation.ThrowIfRequested();
            var any = false;
            foreach (var view in views)
                any |= view.Read();
            left += any ? 0 : 1;
            foreach (var view in views)
            {
                if (any)
                    view.Add();
            }
        }

        if (count == 0)
            throw guards[0].NoRows();
        if (left > 0)
            channel.Warning("{0} of {1} rows lack every view and have no part in the fit.", left, count);
        foreach (var (view, guard) in views.Zip(guards))
            channel.Info(
                "Read column '{0}': {1} rows, {2} features, {3} rows lack it.", guard.Column, count, guard.Features,
                view.Missing + left);
        return [.. views.Select(view => view.ToData(count))];
    }

    private sealed class View(ColumnGuard guard, DataViewRowCursor cursor, int capacity)
    {
        private readonly ColumnRow _row = new(guard, cursor);
        private readonly NmfDataBuilder<float> _builder = guard.CreateBuilder(capacity);
        private readonly List<float> _weights = [];
        private float[]? _missing;

        public long Missing { get; private set; }

        /// <summary>Whether the current row has the view.</summary>
        public bool Read()
        {
            _row.Fetch();
            return !IsMissing(_row.Values);
        }

        public void Add()
        {
            var isMissing = IsMissing(_row.Values);
            _weights.Add(isMissing ? 0 : 1);
            if (isMissing)
            {
                // Zeros of the weight 0 keep sparse views sparse; where zeros are not allowed, views are dense.
                Missing++;
                if (guard.AllowsZeros)
                    _builder.TryAdd([], [], out _);
                else
                    _builder.TryAdd(_missing ??= [.. Enumerable.Repeat(float.NaN, guard.Features)], out _);
                return;
            }

            _row.AddTo(_builder);
        }

        public NmfData<float> ToData(long rows)
        {
            if (_weights.TrueForAll(weight => weight == 0))
                throw guard.Unusable($"Column '{guard.Column}' is missing in all {rows} rows.");
            if (_builder.NonZeros == 0)
                throw guard.OnlyZeros(rows);
            var data = _builder.ToData();
            return Missing > 0 && guard.AllowsZeros
                ? data.WithSampleWeights(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_weights)) : data;
        }
    }
}
