namespace Nmf;

public sealed partial class NmfModel<T>
{
    /// <summary>Which features of a row speak for which components, exactly; its activations are inferred.</summary>
    /// <inheritdoc cref="Explain(ReadOnlySpan{T}, MissingValues)"/>
    public RowExplanation Explain(ReadOnlySpan<T> row) => Explain(row, MissingValues.Error);

    /// <summary>The same for a row in which values may be missing.</summary>
    /// <param name="row">All its values, nonnegative and finite.</param>
    /// <param name="missing">What NaN means.</param>
    /// <remarks>Takes O(K F) time beside the inference; for many rows it is quicker to make one
    /// <see cref="CreateRowSolver"/> and to explain given activations.</remarks>
    /// <exception cref="ArgumentException">The number of values is not that of the features.</exception>
    /// <exception cref="NmfDataException">A value is negative, infinite, or NaN without permission.</exception>
    /// <exception cref="NmfNumericalException">The activations are too large for
    /// <typeparamref name="T"/>.</exception>
    public RowExplanation Explain(ReadOnlySpan<T> row, MissingValues missing)
    {
        RequireFeatures(row.Length);
        RequireValues([], row, missing);
        var solver = CreateRowSolver(missing);
        var (activations, scratch) = (new T[Dictionary.Columns], solver.CreateScratch());
        solver.Solve(row, activations, scratch);
        return RowExplanation.Of(
            [], row, activations, Options.Problem.HasOutliers ? scratch.Outliers : default, Weight);
    }

    /// <summary>The same for a sparse row.</summary>
    /// <param name="indices">Features that are stored, increasing.</param>
    /// <param name="values">Their values.</param>
    /// <param name="absent">What a feature means that is not stored.</param>
    /// <exception cref="ArgumentException">The numbers of indices and values differ, or an index is out of range or
    /// out of order.</exception>
    /// <exception cref="NmfDataException">A value is negative, NaN or infinite.</exception>
    /// <exception cref="NmfNumericalException">The activations are too large for
    /// <typeparamref name="T"/>.</exception>
    public RowExplanation ExplainSparse(
        ReadOnlySpan<int> indices, ReadOnlySpan<T> values, AbsentEntries absent = AbsentEntries.Zero)
    {
        RequireIndices(indices, values.Length);
        RequireValues(indices, values, MissingValues.Error);
        var solver = CreateRowSolver(MissingValues.Error, absent);
        var (activations, scratch) = (new T[Dictionary.Columns], solver.CreateScratch());
        solver.Solve(indices, values, activations, scratch);
        return Divided(indices, values, activations, Options.Problem.HasOutliers ? scratch.Outliers : default);
    }

    /// <summary>The same for given activations, for instance those of a training row.</summary>
    /// <param name="row">All values of the row; NaN is missing.</param>
    /// <param name="activations">rank values.</param>
    /// <exception cref="ArgumentException">A number of values is wrong, or an activation is negative or not
    /// finite.</exception>
    public RowExplanation Explain(ReadOnlySpan<T> row, ReadOnlySpan<T> activations)
    {
        RequireFeatures(row.Length);
        if (activations.Length != Dictionary.Columns)
            throw new ArgumentException(
                $"There are {activations.Length} activations for {Dictionary.Columns} components.",
                nameof(activations));
        for (var k = 0; k < activations.Length; k++)
        {
            if (!(activations[k] >= T.Zero && T.IsFinite(activations[k])))
                throw new ArgumentException(
                    $"The activation of component {k} is {activations[k]}. It must be finite and at least 0.",
                    nameof(activations));
        }

        RequireValues([], row, MissingValues.NaN);
        return RowExplanation.Of([], row, activations, default, Weight);
    }

    private double Weight(int feature, int component) => double.CreateTruncating(Dictionary[feature, component]);

    private RowExplanation Divided(
        ReadOnlySpan<int> indices, ReadOnlySpan<T> values, ReadOnlySpan<T> activations, ReadOnlySpan<T> outliers)
        => indices.IsEmpty
            ? RowExplanation.Of<T>([], [], activations, default, Weight)
            : RowExplanation.Of(indices, values, activations, outliers, Weight);

    private void RequireFeatures(int count)
    {
        if (count != Dictionary.Rows)
            throw new ArgumentException(
                $"The row has {count} values, but the dictionary has {Dictionary.Rows} features.");
    }

    private void RequireIndices(ReadOnlySpan<int> indices, int values)
    {
        if (indices.Length != values)
            throw new ArgumentException($"There are {indices.Length} indices for {values} values.", nameof(indices));
        for (var j = 0; j < indices.Length; j++)
        {
            if ((uint)indices[j] >= (uint)Dictionary.Rows || (j > 0 && indices[j] <= indices[j - 1]))
                throw new ArgumentException(
                    $"Index {indices[j]} is out of range or out of order: indices increase from 0 to at most "
                    + $"{Dictionary.Rows - 1}.", nameof(indices));
        }
    }

    private static void RequireValues(ReadOnlySpan<int> indices, ReadOnlySpan<T> values, MissingValues missing)
    {
        for (var j = 0; j < values.Length; j++)
        {
            var feature = indices.IsEmpty ? j : indices[j];
            var isValue = values[j] >= T.Zero && T.IsFinite(values[j]);
            if (!isValue && !(missing == MissingValues.NaN && T.IsNaN(values[j])))
                throw new NmfDataException(
                    $"The row holds {values[j]} at feature {feature}. Its values must be finite and at least 0.", 0,
                    feature, double.CreateTruncating(values[j]));
        }
    }
}
