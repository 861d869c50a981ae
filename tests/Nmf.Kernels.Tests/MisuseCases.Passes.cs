namespace Nmf.Kernels.Tests;

// Passes over data, and what makes them.
internal static partial class MisuseCases
{
    private static SparseMatrix<float> T => S.Transpose();

    // Of every kind one.
    private static Dictionary<string, Func<DivergencePass<float>>> Passes => new()
    {
        ["dense, 1"] = () => DivergencePass<float>.Create(V, Rank, 1.0, Team),
        ["dense, 2"] = () => DivergencePass<float>.Create(V, Rank, 2.0, Team),
        ["dense, 3/2"] = () => DivergencePass<float>.Create(V, Rank, 1.5, Team),
        ["dense, weighted"] = () => DivergencePass<float>.CreateObserved(V, V, Numbers(Samples), 0, Rank, 1.5, Team),
        ["dense, robust"] = () => DivergencePass<float>.CreateRobust(V, Rank, 1.5, new OutlierKernel(1), Team),
        ["dense, alpha"] = () => DivergencePass<float>.Create(V, Rank, new AlphaKernel(0.5), Team),
        ["dense, Bregman"] = () => DivergencePass<float>.Create(
            V, Rank, new BregmanKernel(new KullbackLeiblerGenerator()), Team),
        ["dense, complement"] = () => DivergencePass<float>.CreateComplement(V, Rank, Team),
        ["sparse, 1"] = () => DivergencePass<float>.Create(S, T, Rank, 1.0, Team),
        ["sparse, 2"] = () => DivergencePass<float>.Create(S, T, Rank, 2.0, Team),
        ["sparse, 3/2"] = () => DivergencePass<float>.Create(S, T, Rank, 1.5, Team),
        ["sparse, observed"] = () => DivergencePass<float>.CreateObserved(S, T, S, T, 0, Rank, 1.5, Team),
        ["sparse, weighted samples"] = () => DivergencePass<float>.CreateSampleWeighted(
            S, T, Numbers(Samples), Rank, 1.5, Team),
        ["sparse, robust"] = () => DivergencePass<float>.CreateRobust(S, Rank, 1.5, new OutlierKernel(1), Team),
        ["sparse, alpha"] = () => DivergencePass<float>.Create(S, T, Rank, new AlphaKernel(0.5), Team),
        ["sparse, Bregman"] = () => DivergencePass<float>.Create(
            S, T, Rank, new BregmanKernel(new KullbackLeiblerGenerator()), Team),
    };

    private static Dictionary<string, Func<NewtonPass<float>>> NewtonPasses => new()
    {
        ["dense"] = () => NewtonPass<float>.Create(V, Rank, Team),
        ["sparse"] = () => NewtonPass<float>.Create(S, T, Rank, Team),
        ["dense, shared"] = () => NewtonPass<float>.CreateShared(V, Rank, Team),
        ["sparse, shared"] = () => NewtonPass<float>.CreateShared(S, T, Rank, Team),
    };

    private static IEnumerable<MisuseCase> OfPasses()
    {
        foreach (var (kind, make) in Passes)
        {
            var pass = make();
            yield return Shapes(
                "DivergencePass.ActivationGradient(Matrix, Matrix, Matrix, Matrix, Boolean)",
                m => pass.ActivationGradient(m[0], m[1], m[2], m[3], true), [W, H, H, H], what: kind);
            yield return Shapes(
                "DivergencePass.DictionaryGradient(Matrix, Matrix, Matrix, Matrix)",
                m => pass.DictionaryGradient(m[0], m[1], m[2], m[3]), [W, H, W, W], what: kind);
            yield return Shapes(
                "DivergencePass.JointGradient(Matrix, Matrix, Matrix, Matrix, Matrix, Matrix, Boolean)",
                m => pass.JointGradient(m[0], m[1], m[2], m[3], m[4], m[5], true), [W, H, H, H, W, W], what: kind);
            yield return Shapes(
                "DivergencePass.UpdateActivations(Matrix, Matrix, Double, Momentum)",
                m => pass.UpdateActivations(m[0], m[1], 1), [W, H], what: kind);
            yield return Shapes(
                "DivergencePass.UpdateDictionary(Matrix, Matrix, Double, Momentum)",
                m => pass.UpdateDictionary(m[0], m[1], 1), [W, H], what: kind);
            yield return Shapes(
                "DivergencePass.Objective(Matrix, Matrix)", m => pass.Objective(m[0], m[1]), [W, H], what: kind);
            yield return Shapes(
                "DivergencePass.ActivationProduct(Matrix, Matrix)",
                m => pass.ActivationProduct(m[0], m[1]), [W, H], what: kind);
            yield return Shapes(
                "DivergencePass.DictionaryProduct(Matrix, Matrix)",
                m => pass.DictionaryProduct(m[0], m[1]), [H, W], what: kind);
            if (kind is "dense, 3/2" or "sparse, 3/2")
                yield return Shapes(
                    "DivergencePass.MajoriserGradient(Matrix, Matrix, Matrix, Matrix, Matrix, Matrix)",
                    m => pass.MajoriserGradient(m[0], m[1], m[2], m[3], m[4], m[5]), [W, H, H, H, W, W], what: kind);
        }

        foreach (var kind in new[] { "dense, 1", "sparse, 1", "sparse, observed" })
        {
            var pass = Passes[kind]();
            Momentum<float> Fitting(int rows) => new(rows, Rank);
            yield return new(
                "DivergencePass.UpdateActivations(Matrix, Matrix, Double, Momentum)",
                $"{kind}, momentum", () => pass.UpdateActivations(W, H, 1, Fitting(Samples)),
                [("a row less", () => pass.UpdateActivations(W, H, 1, Fitting(Samples - 1))), (
                    "a column more", () => pass.UpdateActivations(W, H, 1, new(Samples, Rank + 1)))]);
            yield return new(
                "DivergencePass.UpdateDictionary(Matrix, Matrix, Double, Momentum)",
                $"{kind}, momentum", () => pass.UpdateDictionary(W, H, 1, Fitting(Features)),
                [("a row less", () => pass.UpdateDictionary(W, H, 1, Fitting(Features - 1))), (
                    "a column more", () => pass.UpdateDictionary(W, H, 1, new(Features, Rank + 1)))]);
        }

        foreach (var (kind, make) in NewtonPasses)
        {
            var pass = make();
            yield return Shapes(
                "NewtonPass.SweepActivations(Matrix, Matrix, Int32)",
                m => pass.SweepActivations(m[0], m[1], 1), [W, H], what: kind);
            yield return Shapes(
                "NewtonPass.SweepDictionary(Matrix, Matrix, Int32)",
                m => pass.SweepDictionary(m[0], m[1], 1), [W, H], what: kind);
            yield return new(
                "NewtonPass.SweepDictionary(Matrix, Matrix, Int32)",
                $"{kind}, sweeps", () => pass.SweepDictionary(W, H, 2),
                [("none", () => pass.SweepDictionary(W, H, 0))]);
        }

        yield return new(
            "NewtonPass.Create(Matrix, Int32, WorkTeam, Matrix)", "mask",
            () => NewtonPass<float>.Create(V, Rank, Team, H),
        [
            ("of features", () => NewtonPass<float>.Create(V, Rank, Team, W)),
            ("a column less", () => NewtonPass<float>.Create(V, Rank, Team, new(Samples, Rank - 1))),
        ]);
        foreach (var (kind, call) in Resized())
            yield return new(
                "DivergencePass.Objective(Matrix, Matrix)",
                $"{kind}, resized", () => call(false), [("more rows", () => call(true))]);
    }

    // Data that are resized after the pass has looked at them.
    private static IEnumerable<(string Kind, Action<bool> Call)> Resized()
    {
        var makers = new Dictionary<string, Func<SparseMatrix<float>, Action>>
        {
            ["1"] = data => Objective(DivergencePass<float>.Create(data, data.Transpose(), Rank, 1.0, Team)),
            ["observed"] = data => Objective(
                DivergencePass<float>.CreateObserved(data, data.Transpose(), null, null, 0, Rank, 1.5, Team)),
            ["robust"] = data => Objective(
                DivergencePass<float>.CreateRobust(data, Rank, 1.5, new OutlierKernel(1), Team)),
            ["Newton"] = data => Sweep(NewtonPass<float>.Create(data, data.Transpose(), Rank, Team)),
            ["shared"] = data => Sweep(NewtonPass<float>.CreateShared(data, data.Transpose(), Rank, Team)),
        };
        foreach (var (kind, make) in makers)
        {
            yield return (kind, resizes =>
            {
                var data = S;
                var call = make(data);
                if (resizes)
                    data.Resize(Samples, Features, data.NonZeros + 5);
                call();
            });
        }

        static Action Objective(DivergencePass<float> pass) => () => pass.Objective(W, H);

        static Action Sweep(NewtonPass<float> pass) => () => pass.SweepActivations(W, H, 1);
    }

    private static IEnumerable<MisuseCase> OfMakers()
    {
        yield return OfDense(
            "DivergencePass.Create(Matrix, Int32, Double, WorkTeam)",
            (v, rank, team) => DivergencePass<float>.Create(v, rank, 1.5, team));
        yield return OfDense(
            "DivergencePass.Create(Matrix, Int32, MeasureKernel, WorkTeam)",
            (v, rank, team) => DivergencePass<float>.Create(v, rank, new AlphaKernel(0.5), team));
        yield return OfDense(
            "DivergencePass.CreateComplement(Matrix, Int32, WorkTeam)",
            (v, rank, team) => DivergencePass<float>.CreateComplement(v, rank, team));
        yield return OfDense(
            "DivergencePass.CreateRobust(Matrix, Int32, Double, OutlierKernel, WorkTeam)",
            (v, rank, team) => DivergencePass<float>.CreateRobust(v, rank, 1, new OutlierKernel(1), team));
        yield return OfDense(
            "DivergencePass.CreateObserved(Matrix, Matrix, ReadOnlySpan, Single, Int32, Double, WorkTeam)",
            (v, rank, team) => DivergencePass<float>.CreateObserved(v, null, [], 0, rank, 1, team));
        yield return new(
            "DivergencePass.CreateObserved(Matrix, Matrix, ReadOnlySpan, Single, Int32, Double, WorkTeam)",
            "weights", () => Observed(V, Samples),
        [
            ("a row less", () => Observed(Dense(Samples - 1, Features), Samples)),
            ("a column less", () => Observed(Dense(Samples, Features - 1), Samples)),
            ("of samples", () => Observed(V, Samples - 1)),
        ]);
        yield return OfDense(
            "NewtonPass.Create(Matrix, Int32, WorkTeam, Matrix)",
            (v, rank, team) => NewtonPass<float>.Create(v, rank, team));
        yield return OfDense(
            "NewtonPass.CreateShared(Matrix, Int32, WorkTeam, Matrix)",
            (v, rank, team) => NewtonPass<float>.CreateShared(v, rank, team));
        yield return OfSparse(
            "DivergencePass.CreateComplement(SparseMatrix, Int32, WorkTeam)",
            (v, _, rank, team) => DivergencePass<float>.CreateComplement(v, rank, team), transposes: false);
        yield return OfSparse(
            "DivergencePass.CreateRobust(SparseMatrix, Int32, Double, OutlierKernel, WorkTeam)",
            (v, _, rank, team) =>
                DivergencePass<float>.CreateRobust(v, rank, 1, new OutlierKernel(1), team), transposes: false);
        yield return OfSparse(
            "DivergencePass.Create(SparseMatrix, SparseMatrix, Int32, Double, WorkTeam)",
            (v, t, rank, team) => DivergencePass<float>.Create(v, t, rank, 1.5, team));
        MeasureKernel[] measures =
            [new AlphaKernel(0.5), new AlphaKernel(1), new BregmanKernel(new EuclideanGenerator())];
        foreach (var measure in measures)
            yield return OfSparse(
                "DivergencePass.Create(SparseMatrix, SparseMatrix, Int32, MeasureKernel, WorkTeam)",
                (v, t, rank, team) => DivergencePass<float>.Create(v, t, rank, measure, team), measure.ToString());
        yield return OfSparse(
            "NewtonPass.Create(SparseMatrix, SparseMatrix, Int32, WorkTeam, Matrix)",
            (v, t, rank, team) => NewtonPass<float>.Create(v, t, rank, team));
        yield return OfSparse(
            "NewtonPass.CreateShared(SparseMatrix, SparseMatrix, Int32, WorkTeam, Matrix)",
            (v, t, rank, team) => NewtonPass<float>.CreateShared(v, t, rank, team));
        var observed =
            "DivergencePass.CreateObserved("
            + "SparseMatrix, SparseMatrix, SparseMatrix, SparseMatrix, Single, Int32, Double, WorkTeam)";
        yield return OfSparse(
            observed, (v, t, rank, team) => DivergencePass<float>.CreateObserved(v, t, null, null, 0, rank, 1, team));
        yield return OfSparse(
            observed,
            (m, t, rank, team) => DivergencePass<float>.CreateObserved(S, T, m, t, 0, rank, 1, team), "weights");
        var weighted =
            "DivergencePass.CreateSampleWeighted(SparseMatrix, SparseMatrix, ReadOnlySpan, Int32, Double, WorkTeam)";
        yield return OfSparse(weighted, (v, t, rank, team) => DivergencePass<float>.CreateSampleWeighted(
            v, t, Numbers(Samples), rank, 1, team));
        yield return new(weighted, "weights", () => Weighted(Samples), [("few", () => Weighted(Samples - 1)), (
            "many", () => Weighted(Samples + 1))]);

        static void Observed(Matrix<float> weights, int samples)
            => DivergencePass<float>.CreateObserved(V, weights, Numbers(samples), 0, Rank, 1, Team);

        static void Weighted(int samples)
            => DivergencePass<float>.CreateSampleWeighted(S, T, Numbers(samples), Rank, 1, Team);
    }

    private static MisuseCase OfDense(string method, Func<Matrix<float>, int, WorkTeam, object> make)
        => new(method, "", () => make(V, Rank, Team),
    [
        ("null", () => make(null!, Rank, Team)),
        ("no rank", () => make(V, 0, Team)),
        ("no team", () => make(V, Rank, null!)),
    ]);

    private static MisuseCase OfSparse(
        string method, Func<SparseMatrix<float>, SparseMatrix<float>, int, WorkTeam, object> make, string what = "",
        bool transposes = true)
    {
        var wrong = new List<(string, Action)>
        {
            ("no rank", () => make(S, T, 0, Team)),
            ("no team", () => make(S, T, Rank, null!)),
            ("columns that are gone", () => make(Narrowed(), Sparse(Features - 3, Samples), Rank, Team)),
            ("entries that were not filled", () => make(
                new(Samples, Features, 4), new(Features, Samples, 4), Rank, Team)),
        };
        wrong.Add(("null", () => make(null!, T, Rank, Team)));
        if (transposes)
        {
            wrong.Add(("no transpose", () => make(S, null!, Rank, Team)));
            wrong.Add(("not transposed", () => make(S, S, Rank, Team)));
            wrong.Add(("transpose of others", () => make(S, Sparse(Features, Samples, 3), Rank, Team)));
            wrong.Add(("transpose of other values", () => make(S, Sparse(Features, Samples), Rank, Team)));
            wrong.Add(("transpose that was resized", () => make(S, ResizedTranspose(), Rank, Team)));
        }

        return new(method, what, () => make(S, T, Rank, Team), [.. wrong]);

        static SparseMatrix<float> ResizedTranspose()
        {
            var transposed = T;
            transposed.Resize(Features, Samples + 1, transposed.NonZeros);
            return transposed;
        }
    }
}
