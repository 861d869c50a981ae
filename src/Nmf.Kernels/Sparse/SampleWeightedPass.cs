using System.Numerics;

namespace Nmf.Kernels;

/// <summary>
/// Passes over sparse data whose samples have weights. The β-divergence is homogeneous,
/// <c>s d(v|y) = d(s^(1/β) v | s^(1/β) y)</c>, so the weighted problem is the plain one on a scaled copy of
/// the data with the activations scaled in the same way; every β that sparse data allow (β &gt; 0) keeps
/// the cost of its plain pass.
/// </summary>
internal sealed unsafe class SampleWeightedPass<T> : DivergencePass<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly SparseMatrix<T> _scaled;
    private readonly SparseMatrix<T> _scaledTransposed;
    private readonly SparsePass<T> _inner;
    private readonly SparsePass<T> _plain;
    private readonly Matrix<T> _scaledActivations;
    private readonly double[] _scale;

    public SampleWeightedPass(
        SparseMatrix<T> data, SparseMatrix<T> transposed, ReadOnlySpan<T> sampleWeights, int rank, double beta,
        WorkTeam team)
        : base(data.Rows, data.Columns, beta, rank, team)
    {
        if (sampleWeights.Length != data.Rows)
            throw new ArgumentException(
                $"There are {sampleWeights.Length} sample weights for {data.Rows} samples.", nameof(sampleWeights));

        // The products do not see the weights; making this pass first also checks β.
        _plain = new SparsePass<T>(data, transposed, rank, beta, team);
        _scale = new double[data.Rows];
        for (var i = 0; i < _scale.Length; i++)
            _scale[i] = Math.Pow(double.CreateChecked(sampleWeights[i]), 1 / beta);
        _scaled = new SparseMatrix<T>(data.Rows, data.Columns, data.NonZeros);
        new ReadOnlySpan<long>(data.RowStarts, data.Rows + 1).CopyTo(new Span<long>(_scaled.RowStarts, data.Rows + 1));
        Buffer.MemoryCopy(
            data.ColumnIndices, _scaled.ColumnIndices, data.NonZeros * sizeof(int), data.NonZeros * sizeof(int));
        for (var i = 0; i < data.Rows; i++)
            Scale(data.RowMemory(i), _scale[i], _scaled.RowMemory(i));
        _scaledTransposed = _scaled.Transpose(team);
        _scaledActivations = new Matrix<T>(data.Rows, rank);
        _inner = new SparsePass<T>(_scaled, _scaledTransposed, rank, beta, team);
    }

    public override double ActivationGradient(
        Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive, bool withObjective)
    {
        var objective = _inner.ActivationGradient(w, Scaled(h), negative, positive, withObjective);
        ScaleRows(negative, negative);
        ScaleRows(positive, positive);
        return objective;
    }

    public override void DictionaryGradient(Matrix<T> w, Matrix<T> h, Matrix<T> negative, Matrix<T> positive)
        => _inner.DictionaryGradient(w, Scaled(h), negative, positive);

    public override double Objective(Matrix<T> w, Matrix<T> h) => _inner.Objective(w, Scaled(h));

    public override void ActivationProduct(Matrix<T> w, Matrix<T> result) => _plain.ActivationProduct(w, result);

    public override void DictionaryProduct(Matrix<T> h, Matrix<T> result) => _plain.DictionaryProduct(h, result);

    private Matrix<T> Scaled(Matrix<T> h)
    {
        RequireSamples(h, nameof(h));
        ScaleRows(h, _scaledActivations);
        return _scaledActivations;
    }

    private void ScaleRows(Matrix<T> source, Matrix<T> destination)
    {
        for (var i = 0; i < _scale.Length; i++)
            Scale(source.Row(i), _scale[i], destination.Row(i));
    }

    private static void Scale(ReadOnlySpan<T> source, double scale, Span<T> destination)
        => System.Numerics.Tensors.TensorPrimitives.Multiply(source, T.CreateChecked(scale), destination);
}
