using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Nmf;

namespace Microsoft.ML.Transforms.Fitting;

/// <summary>Reads the weights of the rows of a fit beside the rows.</summary>
internal sealed class WeightReader(IHost host, DataViewSchema.Column column)
{
    private readonly List<float> _weights = [];
    private ValueGetter<float>? _getter;

    /// <summary>What a column of weights has to be.</summary>
    public static RequiredColumn Column { get; } = RequiredColumn.Scalar(
        "weight", NumberDataViewType.Single.ToString(), type => type.Equals(NumberDataViewType.Single));

    public DataViewSchema.Column SchemaColumn => column;

    public void Attach(RowCursor rows) => _getter = rows.Cursor.GetGetter<float>(column);

    /// <summary>Reads the weight of the current row.</summary>
    /// <param name="row">What the message calls the row.</param>
    /// <exception cref="NmfDataException">The weight is negative, NaN or infinite.</exception>
    public void Add(long row)
    {
        var weight = 0f;
        _getter!(ref weight);
        if (weight is not (>= 0 and <= float.MaxValue))
        {
            throw host.Process(new NmfDataException(
                $"The weight in column '{column.Name}' is {weight} in row {row}. "
                + "Weights must be finite and at least 0.", row, -1, weight));
        }

        _weights.Add(weight);
    }

    /// <summary>The data with the weights.</summary>
    /// <exception cref="NmfDataException">All weights are zero.</exception>
    public NmfData<float> ApplyTo(NmfData<float> data)
    {
        if (_weights.TrueForAll(weight => weight == 0))
            throw host.Process(new NmfDataException(
                $"All weights in column '{column.Name}' are zero: there is nothing to factorize."));
        return data.WithSampleWeights(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_weights));
    }
}
