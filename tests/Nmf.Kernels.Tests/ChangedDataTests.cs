namespace Nmf.Kernels.Tests;

/// <summary>Passes whose matrices receive other data.</summary>
public sealed class ChangedDataTests
{
    private const int Rank = 6;

    [Theory]
    [InlineData(1)]
    [InlineData(1.5)]
    [InlineData(2)]
    public void A_pass_goes_on_with_other_sparse_data_bit_for_bit_and_without_memory(double beta)
    {
        using var team = new WorkTeam(1);
        var data = new SparseMatrix<float>(0, 200, 0);
        var transposed = new SparseMatrix<float>(200, 0, 0);
        var pass = DivergencePass<float>.Create(data, transposed, Rank, beta, team);
        var w = SparseSamples.Dense<float>(SparseSamples.Factor(200, Rank, 1));

        // More blocks than before, fewer, and none with anything in it.
        foreach (var (rows, density) in new[] { (300, 0.5), (40, 0.1), (900, 0.6), (5, 0) })
        {
            var other = SparseSamples.Sparse<float>(SparseSamples.Counts(rows, 200, density, rows));
            var otherTransposed = other.Transpose();
            var fresh = DivergencePass<float>.Create(other, otherTransposed, Rank, beta, team);
            Copy(other, data);
            data.TransposeTo(transposed, team);
            pass.DataChanged();
            Allocation.AssertNone(pass.DataChanged);

            var h = SparseSamples.Dense<float>(SparseSamples.Factor(rows, Rank, 2));
            var gradients = new Gradients(rows);
            Assert.Equal(gradients.Of(fresh, w, h), gradients.Of(pass, w, h));
            Assert.Equal(fresh.Objective(w, h), pass.Objective(w, h));
        }
    }

    [Fact]
    public void Passes_that_hold_more_than_plain_data_refuse()
    {
        using var team = new WorkTeam(1);
        var dense = SparseSamples.Dense<float>(SparseSamples.Counts(4, 5, 0.9, 1));
        var sparse = SparseSamples.Sparse<float>(SparseSamples.Counts(4, 5, 0.9, 1));
        var transposed = sparse.Transpose();
        var plain = DivergencePass<float>.Create(dense, 2, 1, team);
        plain.DataChanged();
        var weighted = DivergencePass<float>.CreateObserved(dense, null, [1f, 1f, 1f, 1f], 0, 2, 1, team);
        var observed = DivergencePass<float>.CreateObserved(sparse, transposed, null, null, 0, 2, 1, team);
        Assert.Throws<NotSupportedException>(weighted.DataChanged);
        Assert.Throws<NotSupportedException>(observed.DataChanged);
    }

    private static unsafe void Copy(SparseMatrix<float> source, SparseMatrix<float> target)
    {
        target.Resize(source.Rows, source.Columns, source.NonZeros);
        new Span<long>(source.RowStarts, source.Rows + 1).CopyTo(new Span<long>(target.RowStarts, source.Rows + 1));
        new Span<int>(source.ColumnIndices, (int)source.NonZeros)
            .CopyTo(new Span<int>(target.ColumnIndices, (int)source.NonZeros));
        new Span<float>(source.Values, (int)source.NonZeros)
            .CopyTo(new Span<float>(target.Values, (int)source.NonZeros));
        GC.KeepAlive(source);
        GC.KeepAlive(target);
    }

    private sealed class Gradients(int rows)
    {
        private readonly Matrix<float> _negativeH = new(rows, Rank);
        private readonly Matrix<float> _positiveH = new(rows, Rank);
        private readonly Matrix<float> _negativeW = new(200, Rank);
        private readonly Matrix<float> _positiveW = new(200, Rank);

        public float[] Of(DivergencePass<float> pass, Matrix<float> w, Matrix<float> h)
        {
            var objective = pass.ActivationGradient(w, h, _negativeH, _positiveH, withObjective: true);
            pass.DictionaryGradient(w, h, _negativeW, _positiveW);
            return [(float)objective, .. _negativeH.ToRowMajor(), .. _positiveH.ToRowMajor(),
                .. _negativeW.ToRowMajor(), .. _positiveW.ToRowMajor()];
        }
    }
}
