using System.Text.Json;
using Nmf.Kernels;

namespace Nmf.Tests;

/// <summary>Tensor factorisation against <c>tests/goldens/make_tensor_goldens.py</c>.</summary>
public sealed class TensorGoldenTests
{
    private static readonly JsonElement[] Goldens = [.. JsonDocument.Parse(
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "tensors.json"))).RootElement.EnumerateArray()];

    public static TheoryData<int> Cases => [.. Enumerable.Range(0, Goldens.Length)];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Five_iterations_are_those_of_an_independent_program(int number)
    {
        var golden = Goldens[number];
        var (shape, rank, beta) = (golden.GetProperty("shape").EnumerateArray().Select(e => e.GetInt32()).ToArray(),
            golden.GetProperty("rank").GetInt32(), golden.GetProperty("beta").GetDouble());
        var weights = golden.GetProperty("weights").ValueKind == JsonValueKind.Null
            ? [] : Flat(golden.GetProperty("weights")).ToArray();
        var values = Flat(golden.GetProperty("values")).ToArray();
        var options = new TensorNmfOptions
        {
            Rank = rank, Beta = beta, Solver = Enum.Parse<NmfSolver>(golden.GetProperty("solver").GetString()!),
        };
        int[] all = [.. Enumerable.Range(0, values.Length)];
        int[] stored = weights.Length == 0 ? all : [.. all.Where(e => weights[e] > 0)];
        NmfTensor<double>[] forms =
        [
            NmfTensor<double>.FromDense(values, shape, weights: weights),
            NmfTensor<double>.FromCoordinates(
                [.. stored.SelectMany(e => Indices(e, shape))], [.. stored.Select(e => values[e])], shape,
                weights.Length == 0 && beta is 1 or 2 ? AbsentEntries.Zero : AbsentEntries.Missing,
                weights.Length == 0 ? [] : [.. stored.Select(e => weights[e])]),
        ];
        foreach (var data in forms.Where(form => options.Solver != NmfSolver.Hals || !form.IsWeighted))
            Check(golden, data, options);
    }

    private static void Check(JsonElement golden, NmfTensor<double> data, TensorNmfOptions options)
    {
        using var team = new WorkTeam(2);
        Matrix<double>[] factors = [.. golden.GetProperty("start").EnumerateArray().Select(
            (factor, n) => Matrix<double>.FromRowMajor([.. Flat(factor)], data.Shape[n], options.Rank))];
        var solver = CpSolver<double>.Create(data, options, factors, team);
        var objectives = Flat(golden.GetProperty("objectives")).ToArray();
        Assert.Equal(objectives[0], solver.Objective(), 1e-9 * objectives[0]);
        foreach (var expected in objectives[1..])
        {
            solver.Step();
            Assert.Equal(expected, solver.Objective(), 1e-9 * expected);
        }

        foreach (var (expected, actual) in golden.GetProperty("factors").EnumerateArray().Zip(solver.Factors))
        {
            var numbers = Flat(expected).ToArray();
            Assert.All(
                numbers.Zip(actual.ToRowMajor()),
                pair => Assert.Equal(pair.First, pair.Second, 1e-9 * numbers.Max()));
        }
    }

    private static int[] Indices(int entry, int[] shape)
    {
        var indices = new int[shape.Length];
        for (var n = shape.Length - 1; n >= 0; n--)
            (entry, indices[n]) = Math.DivRem(entry, shape[n]);
        return indices;
    }

    private static IEnumerable<double> Flat(JsonElement element) => element.ValueKind == JsonValueKind.Array
        ? element.EnumerateArray().SelectMany(Flat) : [element.GetDouble()];
}
