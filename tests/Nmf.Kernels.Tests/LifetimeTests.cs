using System.Runtime.CompilerServices;

namespace Nmf.Kernels.Tests;

/// <summary>A span keeps what it points into alive, and a kernel what it works on, however soon the
/// collector comes.</summary>
public class LifetimeTests
{
    private const int Rows = 60;
    private const int Columns = 50;

    [Fact]
    public void A_row_outlives_its_matrix()
    {
        var row = RowOf(3);
        var shared = FirstRowsOf(4);
        UseMemory();
        Assert.Equal(Enumerable.Repeat(3f, Columns), row.ToArray());
        Assert.Equal(Enumerable.Repeat(4f, Columns), shared.ToArray());
    }

    [Fact]
    public void Entries_of_a_sparse_row_outlive_their_matrix()
    {
        var values = RowValuesOf(5);
        var indices = RowIndicesOf();
        UseMemory();
        Assert.Equal(Enumerable.Repeat(5f, Columns), values.ToArray());
        Assert.Equal(Enumerable.Range(0, Columns), indices.ToArray());
    }

    [Fact]
    public void Growth_outlives_its_momentum()
    {
        var growth = GrowthOf(6);
        UseMemory();
        Assert.Equal(Enumerable.Repeat((ushort)6, Columns), growth.ToArray());
    }

    [Fact]
    public void Kernels_work_on_what_nobody_else_holds()
    {
        var done = false;
        var collector = new Thread(() =>
        {
            while (!Volatile.Read(ref done))
                UseMemory();
        });
        collector.Start();
        try
        {
            using var team = new WorkTeam(1);
            var sums = new double[Columns];
            var activations = new float[2];
            for (var i = 0; i < 200; i++)
            {
                Assert.Equal(4.0 * Rows * Columns, Sparse(2).SquaredNorm());
                Assert.Equal(2, Sparse(2).Transpose().RowValues(7)[9]);
                Assert.Equal(2, Dense(2).Clone()[7, 9]);
                FactorKernels.ColumnSums(Dense(2), sums);
                Assert.All(sums, sum => Assert.Equal(2 * Rows, sum));
                Assert.Equal(6.0 * Rows * Columns, FactorKernels.InnerProduct(Dense(2), Dense(3), team));
                var gram = new Matrix<float>(Columns, Columns);
                FactorKernels.Gram(Dense(2), gram, team);
                Assert.Equal(4 * Rows, gram[7, 9]);
                var pass = DivergencePass<float>.Create(Dense(2), 1, 2, team);
                Assert.Equal(0, pass.Objective(Factor(Columns), Factor(Rows)), 1e-3);
                new RowSolver<float>(Pair(), 1, 1e-5, 100).Solve(
                    Enumerable.Repeat(1f, Columns).ToArray(), activations, Scratch());
                Assert.Equal(1, activations[0] + activations[1], 1e-4);
            }
        }
        finally
        {
            Volatile.Write(ref done, true);
            collector.Join();
        }

        static Matrix<float> Factor(int rows) => Filled(new Matrix<float>(rows, 1), MathF.Sqrt(2));

        static Matrix<float> Pair() => Filled(new Matrix<float>(Columns, 2), 1);

        static RowSolver<float>.Scratch Scratch() => new RowSolver<float>(Pair(), 1, 1e-5, 100).CreateScratch();
    }

    // What was freed is taken again, and holds something else.
    private static void UseMemory()
    {
        GC.Collect();
        for (var i = 0; i < 200; i++)
        {
            Dense(float.NaN);
            Sparse(float.NaN);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> RowOf(float value) => Dense(value).Row(2);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<float> FirstRowsOf(float value) => Dense(value).FirstRows(3).Row(1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlySpan<float> RowValuesOf(float value) => Sparse(value).RowValues(1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ReadOnlySpan<int> RowIndicesOf() => Sparse(1).RowIndices(1);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Span<ushort> GrowthOf(ushort value)
    {
        var growth = new Momentum<float>(Rows, Columns).Growth(1);
        growth.Fill(value);
        return growth;
    }

    private static Matrix<float> Dense(float value) => Filled(new Matrix<float>(Rows, Columns), value);

    private static Matrix<float> Filled(Matrix<float> matrix, float value)
    {
        for (var i = 0; i < matrix.Rows; i++)
            matrix.Row(i).Fill(value);
        return matrix;
    }

    private static SparseMatrix<float> Sparse(float value)
    {
        long[] starts = [.. Enumerable.Range(0, Rows + 1).Select(i => (long)i * Columns)];
        int[] indices = [.. Enumerable.Range(0, Rows * Columns).Select(j => j % Columns)];
        return SparseMatrix<float>.FromCsr(
            Rows, Columns, starts, indices, Enumerable.Repeat(value, Rows * Columns).ToArray());
    }
}
