using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests.CoFactorisation;

/// <summary>Trajectories of an independent program (tests/goldens/make_co_goldens.py).</summary>
public sealed class CoNmfGoldenTests
{
    private const int Samples = 8;
    private const int Rank = 3;
    private static readonly int[] At = [0, 1, 2, 5, 10];
    private static readonly (int Features, int A, int B, int C, int M)[] Data =
        [(6, 7, 13, 3, 17), (5, 5, 11, 2, 13), (4, 3, 7, 5, 11)];

    private static readonly (int A, int B, int M)[] W = [(3, 5, 7), (2, 3, 5), (4, 1, 6)];
    private static readonly (int A, int B, int M)[] H = [(2, 3, 5), (3, 2, 7), (1, 4, 6)];

    private static readonly Dictionary<string, Case> Cases = JsonSerializer.Deserialize<Case[]>(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "co.json")), JsonSerializerOptions.Web)!
        .ToDictionary(c => c.Name);

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Objectives_and_factors_are_those_of_an_independent_program(string name)
    {
        var golden = Cases[name];
        using var team = new WorkTeam(2);
        var solver = Create<double>(golden, team);
        for (var (i, at) = (0, 0); i <= At[^1]; i++)
        {
            if (i == At[at])
                Assert.Equal(golden.Objectives[at++], solver.Objective(), 1e-9 * golden.Objectives[0]);
            if (i == 5)
                AssertFactors(golden, solver);
            solver.Step();
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Float_follows(string name)
    {
        var golden = Cases[name];
        using var team = new WorkTeam(1);
        var solver = Create<float>(golden, team);
        for (var i = 0; i < At[^1]; i++)
            solver.Step();
        Assert.Equal(golden.Objectives[^1], solver.Objective(), 2e-5 * golden.Objectives[^1]);
    }

    private static void AssertFactors(Case golden, CoSolver<double> solver)
    {
        for (var v = 0; v < solver.Dictionaries.Length; v++)
        {
            var unit = Math.ScaleB(1, Math.ILogB(View(v).Average()));
            Assert.All(
                golden.Dictionaries[v].Zip(solver.Dictionaries[v].ToRowMajor()),
                pair => Assert.Equal(pair.First, pair.Second * unit, 1e-9 * (1 + pair.First)));
        }

        for (var v = 0; v < golden.Activations.Length; v++)
            Assert.All(
                golden.Activations[v].Zip(solver.Activations[v].ToRowMajor()),
                pair => Assert.Equal(pair.First, pair.Second, 1e-9 * (1 + pair.First)));
    }

    private static CoSolver<T> Create<T>(Case golden, WorkTeam team)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var views = golden.Betas.Length;
        var options = new CoNmfOptions
        {
            Rank = Rank,
            Views = [.. golden.Betas.Select((beta, v) => new CoNmfView { Beta = beta, Weight = golden.Weights?[v] })],
        };
        var data = CoupledData<T>.Of(
            [.. Enumerable.Range(0, views).Select(v => TestData.Dense<T>(View(v), Samples, Data[v].Features))],
            options);
        Matrix<T>[] dictionaries = [.. Enumerable.Range(0, views).Select(v => Matrix(
            Data[v].Features, (f, k) => (0.5 + (((W[v].A * f) + (W[v].B * k) + (f * k)) % W[v].M / (double)W[v].M))
                * Math.ScaleB(1, -data[v].Unit.Data)))];
        Matrix<T>[] activations = [.. Enumerable.Range(0, views).Select(v => Matrix(
            Samples, (n, k) => 0.5 + (((H[v].A * k) + (H[v].B * n) + (k * n)) % H[v].M / (double)H[v].M)))];
        return golden.Shared ? new SharedCoSolver<T>(data, dictionaries, activations[0], team)
            : new SoftCoSolver<T>(
                data, dictionaries, activations, new SoftCoupling(golden.Strength, golden.Squared),
                golden.Each ? DictionaryScaling.EachView : DictionaryScaling.OverViews, team);

        static Matrix<T> Matrix(int rows, Func<int, int, double> entry)
        {
            var matrix = new Matrix<T>(rows, Rank);
            for (var i = 0; i < rows; i++)
            {
                for (var k = 0; k < Rank; k++)
                    matrix[i, k] = T.CreateChecked(entry(i, k));
            }

            return matrix;
        }
    }

    private static double[] View(int v)
    {
        var (features, a, b, c, m) = Data[v];
        return [.. Enumerable.Range(0, Samples * features).Select(i => 1.0 + (((a * (i % features))
            + (b * (i / features)) + (c * (i % features) * (i / features))) % m))];
    }

    private sealed record Case(
        string Name, double[] Betas, double Strength, bool Squared, bool Each, double[]? Weights, bool Shared,
        double[] Objectives, double[][] Dictionaries, double[][] Activations);
}
