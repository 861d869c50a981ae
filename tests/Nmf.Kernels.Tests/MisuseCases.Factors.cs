namespace Nmf.Kernels.Tests;

// Matrices, operations on factors, and rows.
internal static partial class MisuseCases
{
    private static IEnumerable<MisuseCase> OfMatrices()
    {
        yield return Shapes("Matrix.CopyTo(Matrix)", m => V.CopyTo(m[0]), [V]);
        yield return new(
            "Matrix.FromRowMajor(ReadOnlySpan, Int32, Int32)", "", () => Matrix<float>.FromRowMajor(Numbers(6), 2, 3),
        [
            ("few", () => Matrix<float>.FromRowMajor(Numbers(5), 2, 3)),
            ("many", () => Matrix<float>.FromRowMajor(Numbers(7), 2, 3)),
            ("negative", () => Matrix<float>.FromRowMajor(Numbers(6), -2, -3)),
        ]);
        yield return new("SparseMatrix.FromCsr(Int32, Int32, ReadOnlySpan, ReadOnlySpan, ReadOnlySpan)", "", () => Csr(
            2, 3, [0, 1, 2], [2, 0], 2),
        [
            ("few starts", () => Csr(2, 3, [0, 2], [2, 0], 2)),
            ("late start", () => Csr(2, 3, [1, 1, 2], [2, 0], 2)),
            ("starts beyond", () => Csr(2, 3, [0, 5, 2], [2, 0], 2)),
            ("end beyond", () => Csr(2, 3, [0, 1, 3], [2, 0], 2)),
            ("column beyond", () => Csr(2, 3, [0, 1, 2], [3, 0], 2)),
            ("negative column", () => Csr(2, 3, [0, 1, 2], [-1, 0], 2)),
            ("order", () => Csr(2, 3, [0, 2, 2], [2, 0], 2)),
            ("few values", () => Csr(2, 3, [0, 1, 2], [2, 0], 1)),
            ("negative rows", () => Csr(-1, 3, [], [2, 0], 2)),
        ]);
        yield return new("SparseMatrix.TransposeTo(SparseMatrix, WorkTeam)", "", () => S.TransposeTo(S, Team),
        [
            ("null", () => S.TransposeTo(null!, Team)),
            ("no team", () => S.TransposeTo(S, null!)),
            ("columns that are gone", () => Narrowed().TransposeTo(S, Team)),
            ("entries that were not filled", () => new SparseMatrix<float>(2, 3, 2).TransposeTo(S, Team)),
        ]);

        static void Csr(int rows, int columns, long[] starts, int[] indices, int values)
            => SparseMatrix<float>.FromCsr(rows, columns, starts, indices, Numbers(values));
    }

    private static IEnumerable<MisuseCase> OfFactors()
    {
        yield return Shapes(
            "FactorKernels.MultiplicativeUpdate(Matrix, Matrix, Matrix, Double, WorkTeam)",
            m => FactorKernels.MultiplicativeUpdate(m[0], m[1], m[2], 1, Team), [H, H, H]);
        yield return Shapes(
            "FactorKernels.RegularizedUpdate(Matrix, Matrix, Matrix, Matrix, Double, WorkTeam)",
            m => FactorKernels.RegularizedUpdate(m[0], m[1], m[2], m[3], 1, Team), [H, H, H, H]);
        yield return Shapes(
            "FactorKernels.AbundanceUpdate(Matrix, Matrix, Matrix, Double, SumConstraint, WorkTeam)",
            m => FactorKernels.AbundanceUpdate(m[0], m[1], m[2], 1, SumConstraint.SumToAtMostOne, Team),
            [H, H, H]);
        yield return Shapes(
            "FactorKernels.ExponentialUpdate(Matrix, Matrix, Matrix, WorkTeam)",
            m => FactorKernels.ExponentialUpdate(m[0], m[1], m[2], Team), [H, H, H]);
        yield return Shapes(
            "FactorKernels.BernoulliActivationUpdate(Matrix, Matrix, Matrix, Matrix, Double, Double, WorkTeam)",
            m => FactorKernels.BernoulliActivationUpdate(m[0], m[1], m[2], m[3], 1, 1, Team), [H, H, H, H]);
        yield return Shapes(
            "FactorKernels.BernoulliDictionaryUpdate(Matrix, Matrix, Matrix, WorkTeam)",
            m => FactorKernels.BernoulliDictionaryUpdate(m[0], m[1], m[2], Team), [W, W, W]);
        yield return Shapes(
            "FactorKernels.AddColumnTerms(Matrix, Matrix, ReadOnlySpan, ReadOnlySpan, WorkTeam)",
            m => FactorKernels.AddColumnTerms(m[0], m[1], Doubles(Rank), [], Team), [H, H]);
        yield return Spans(
            "FactorKernels.AddColumnTerms(Matrix, Matrix, ReadOnlySpan, ReadOnlySpan, WorkTeam)",
            n => FactorKernels.AddColumnTerms(H, H, Doubles(n), [], Team));
        yield return Spans(
            "FactorKernels.AddColumnTerms(Matrix, Matrix, ReadOnlySpan, ReadOnlySpan, WorkTeam)",
            n => FactorKernels.AddColumnTerms(H, H, [], Doubles(n), Team));
        yield return Shapes(
            "FactorKernels.Gram(Matrix, Matrix, WorkTeam)",
            m => FactorKernels.Gram(m[0], m[1], Team), [H, Dense(Rank, Rank)], freeRows: [0]);
        yield return Shapes(
            "FactorKernels.GramInnerProduct(Matrix, Matrix, WorkTeam)",
            m => FactorKernels.GramInnerProduct(m[0], m[1], Team), [H, W], freeRows: [0, 1]);
        yield return Shapes(
            "FactorKernels.InnerProduct(Matrix, Matrix, WorkTeam)",
            m => FactorKernels.InnerProduct(m[0], m[1], Team), [H, H]);
        yield return Shapes(
            "FactorKernels.HalsSweep(Matrix, Matrix, Matrix, WorkTeam, Int32)",
            m => FactorKernels.HalsSweep(m[0], m[1], m[2], Team), [H, H, Dense(Rank, Rank)]);
        yield return Spans("FactorKernels.ColumnSums(Matrix, Span)", n => FactorKernels.ColumnSums(H, Doubles(n)));
        yield return Spans(
            "FactorKernels.ColumnSums(Matrix, Span, WorkTeam)", n => FactorKernels.ColumnSums(H, Doubles(n), Team));
        yield return Spans(
            "FactorKernels.ColumnSumsOfSquares(Matrix, Span, WorkTeam)",
            n => FactorKernels.ColumnSumsOfSquares(H, Doubles(n), Team));
        yield return Spans(
            "FactorKernels.ScaleColumns(Matrix, ReadOnlySpan)", n => FactorKernels.ScaleColumns(H, Doubles(n)));
        yield return Shapes(
            "Extrapolation.MoveOn(Matrix, Matrix, Double, Boolean)",
            m => Extrapolation.MoveOn(m[0], m[1], 0.5, true), [H, H]);
        yield return Shapes(
            "Extrapolation.MoveOnAndRemember(Matrix, Matrix, Double, Boolean)",
            m => Extrapolation.MoveOnAndRemember(m[0], m[1], 0.5, true), [H, H]);
        yield return Shapes(
            "Extrapolation.MoveBeyond(Matrix, Matrix, Double)", m => Extrapolation.MoveBeyond(m[0], m[1], 0.5), [H, H]);
        yield return Spans(
            "Momentum.ScaleColumns(ReadOnlySpan)", n => new Momentum<float>(Samples, Rank).ScaleColumns(Doubles(n)));

        static MisuseCase Spans(string method, Action<int> call)
            => new(method, "numbers", () => call(Rank), [("one less", () => call(Rank - 1))]);
    }

    private static IEnumerable<MisuseCase> OfRows()
    {
        RowSolver<float> Solver() => new(W, 1, 1e-4, 100);
        var scratch = Solver().CreateScratch();
        yield return new("RowSolver.ctor(Matrix, Double, Double, Int32)", "", () => Solver(),
        [
            ("null", () => _ = new RowSolver<float>(null!, 1, 1e-4, 100)),
            ("no rows", () => _ = new RowSolver<float>(Dense(0, Rank), 1, 1e-4, 100)),
            ("no columns", () => _ = new RowSolver<float>(Dense(Features, 0), 1, 1e-4, 100)),
        ]);
        yield return new("RowSolver.Solve(ReadOnlySpan, Span, Scratch)", "", () => Solver().Solve(
            Numbers(Features), Numbers(Rank), scratch),
        [
            ("few values", () => Solver().Solve(Numbers(Features - 1), Numbers(Rank), scratch)),
            ("many values", () => Solver().Solve(Numbers(Features + 1), Numbers(Rank), scratch)),
            ("little room", () => Solver().Solve(Numbers(Features), Numbers(Rank - 1), scratch)),
            ("no memory", () => Solver().Solve(Numbers(Features), Numbers(Rank), null!)),
            ("memory of another", () => Solver().Solve(
                Numbers(Features), Numbers(Rank), new RowSolver<float>(H, 1, 1e-4, 100).CreateScratch())),
        ]);
        yield return new("RowSolver.Solve(ReadOnlySpan, ReadOnlySpan, Span, Scratch)", "", () => Solver().Solve(
            [1, 4], Numbers(2), Numbers(Rank), scratch),
        [
            ("few values", () => Solver().Solve([1, 4], Numbers(1), Numbers(Rank), scratch)),
            ("order", () => Solver().Solve([4, 1], Numbers(2), Numbers(Rank), scratch)),
            ("beyond", () => Solver().Solve([1, Features], Numbers(2), Numbers(Rank), scratch)),
            ("negative", () => Solver().Solve([-1, 1], Numbers(2), Numbers(Rank), scratch)),
            ("little room", () => Solver().Solve([1, 4], Numbers(2), Numbers(Rank - 1), scratch)),
        ]);
        yield return Shapes(
            "RowSolver.SolveAll(Matrix, Matrix, WorkTeam, CancellationToken)",
            m => Solver().SolveAll(m[0], m[1], Team), [V, H]);
        yield return Shapes(
            "RowSolver.SolveAll(SparseMatrix, Matrix, WorkTeam, CancellationToken)",
            m => Solver().SolveAll(S, m[0], Team), [H]);
        yield return new(
            "RowSolver.SolveAll(SparseMatrix, Matrix, WorkTeam, CancellationToken)",
            "data", () => Solver().SolveAll(S, H, Team),
        [
            ("null", () => Solver().SolveAll((SparseMatrix<float>)null!, H, Team)),
            ("a row more", () => Solver().SolveAll(Sparse(Samples + 1, Features), H, Team)),
            ("a column more", () => Solver().SolveAll(Sparse(Samples, Features + 1), H, Team)),
            ("columns that are gone", () => new RowSolver<float>(Dense(Features - 3, Rank), 1, 1e-4, 100).SolveAll(
                Narrowed(), H, Team)),
            ("no team", () => Solver().SolveAll(S, H, null!)),
        ]);
        AbundancePass<float> Pass(int features = Features) => new(features, Rank, SumConstraint.SumToOne, Team);
        yield return Shapes(
            "AbundancePass.Solve(Matrix, Matrix, Matrix)", m => Pass().Solve(m[0], m[1], m[2]), [W, V, H]);
        yield return Shapes(
            "AbundancePass.Solve(Matrix, SparseMatrix, Matrix)", m => Pass().Solve(m[0], S, m[1]), [W, H]);
        yield return new("AbundancePass.Solve(Matrix, SparseMatrix, Matrix)", "data", () => Pass().Solve(W, S, H),
        [
            ("null", () => Pass().Solve(W, (SparseMatrix<float>)null!, H)),
            ("a row more", () => Pass().Solve(W, Sparse(Samples + 1, Features), H)),
            ("a column more", () => Pass().Solve(W, Sparse(Samples, Features + 1), H)),
            ("columns that are gone", () => Pass(Features - 3).Solve(Dense(Features - 3, Rank), Narrowed(), H)),
        ]);
        var gram = new Matrix<double>(Rank, Rank);
        for (var k = 0; k < Rank; k++)
            gram[k, k] = 1;
        yield return new("AbundanceQuadratic.Solve(Matrix, Span, Span, Span)", "", () => Quadratic(gram, Rank, Rank, 0),
        [
            ("null", () => Quadratic(null!, Rank, Rank, 0)),
            ("many products", () => Quadratic(gram, Rank + 1, Rank + 1, 0)),
            ("no products", () => Quadratic(gram, 0, 0, 0)),
            ("little room", () => Quadratic(gram, Rank, Rank - 1, 0)),
            ("little memory", () => Quadratic(gram, Rank, Rank, 1)),
        ]);
        yield return new(
            "RowKernels.Copy(ReadOnlySpan, Span, Boolean)",
            "", () => RowKernels.Copy<float>(Numbers(5), Numbers(5)),
            [("little room", () => RowKernels.Copy<float>(Numbers(5), Numbers(4)))]);

        static void Quadratic(Matrix<double> gram, int products, int room, int missing)
        {
            var scratch = new double[AbundanceQuadratic.ScratchLength(products) - missing];
            AbundanceQuadratic.Solve(gram, Doubles(products), Doubles(room), scratch);
        }
    }

    // Features - 3 columns by its own account, and entries beyond.
    private static SparseMatrix<float> Narrowed()
    {
        var matrix = S;
        matrix.Resize(Samples, Features - 3, matrix.NonZeros);
        return matrix;
    }
}
