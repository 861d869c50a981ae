using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>Reads the weights of the rows of a fit beside the rows.</summary>
internal sealed class WeightReader(IHost host, DataViewSchema.Column column)
{
    private readonly List<float> _weights = [];
    private ValueGetter<float>? _getter;

    public DataViewSchema.Column SchemaColumn => column;

    public void Attach(DataViewRowCursor cursor) => _getter = cursor.GetGetter<float>(column);

    /// <summary>Reads the weight of the current row.</summary>
    /// <param name="position">Position of the cursor, for the message.</param>
    /// <param name="id">Id of the row, for the message: see <see cref="ColumnGuard.RequireValid"/>.</param>
    /// <exception cref="NmfDataException">The weight is negative, NaN or infinite.</exception>
    public void Add(long position, ValueGetter<DataViewRowId> id)
    {
        var weight = 0f;
        _getter!(ref weight);
        if (weight is not (>= 0 and <= float.MaxValue))
        {
            var identity = default(DataViewRowId);
            id(ref identity);
            var row = identity.High == 0 ? (long)identity.Low : position;
            throw host.Process(new NmfDataException(
                $"The weight in column '{column.Name}' is {weight} in row {row}. "
                + "Weights must be finite and at least 0.", row, -1, weight));
        }

        _weights.Add(weight);
    }

    /// <summary>The data with the weights; takes over the data.</summary>
    /// <exception cref="NmfDataException">All weights are zero.</exception>
    public NmfData<float> ApplyTo(NmfData<float> data)
    {
        if (_weights.TrueForAll(weight => weight == 0))
            throw host.Process(new NmfDataException(
                $"All weights in column '{column.Name}' are zero: there is nothing to factorize."));
        return data.WithSampleWeights(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_weights));
    }
}
