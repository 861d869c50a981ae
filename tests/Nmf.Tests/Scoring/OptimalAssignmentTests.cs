namespace Nmf.Tests;

public sealed class OptimalAssignmentTests
{
    [Fact]
    public void Costs_and_assignments_are_those_of_scipy()
    {
        Assert.NotEmpty(RankGoldens.Values.Assignments);
        foreach (var golden in RankGoldens.Values.Assignments)
        {
            var costs = new double[golden.Rows, golden.Columns];
            Buffer.BlockCopy(golden.Costs, 0, costs, 0, golden.Costs.Length * sizeof(double));
            var assigned = OptimalAssignment.Minimize(costs);
            Assert.Equal(golden.ColumnOfRow, assigned);
            Assert.Equal(golden.Cost, Cost(costs, assigned), 1e-12);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void No_permutation_is_cheaper_also_with_ties(int size)
    {
        var random = new Random(size);
        for (var trial = 0; trial < 50; trial++)
        {
            // Few different costs, negative ones among them: many optimal assignments.
            var costs = new double[size, size];
            for (var i = 0; i < size; i++)
                for (var j = 0; j < size; j++)
                    costs[i, j] = random.Next(-2, 3);
            var assigned = OptimalAssignment.Minimize(costs);
            Assert.Equal(Enumerable.Range(0, size), assigned.Order());
            Assert.Equal(
                Permutations(size).Min(p => Cost(costs, p)), Cost(costs, assigned));
        }
    }

    [Fact]
    public void Nothing_to_assign_is_no_assignment()
    {
        Assert.Empty(OptimalAssignment.Minimize(new double[0, 3]));
        Assert.Equal([-1, -1], OptimalAssignment.Minimize(new double[2, 0]));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_cost_that_is_no_number_is_named(double bad)
    {
        var costs = new double[3, 4];
        costs[1, 2] = bad;
        var error = Assert.Throws<ArgumentException>(() => OptimalAssignment.Minimize(costs));
        Assert.Contains("row 1, column 2", error.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<int[]> Permutations(int size)
        => size == 0 ? [[]] : Permutations(size - 1).SelectMany(
            p => Enumerable.Range(0, size).Select(at => (int[])[.. p[..at], size - 1, .. p[at..]]));

    private static double Cost(double[,] costs, int[] columnOfRow)
        => Enumerable.Range(0, columnOfRow.Length).Where(i => columnOfRow[i] >= 0).Sum(i => costs[i, columnOfRow[i]]);
}
