namespace Nmf;

/// <summary>
/// The assignment problem: which column goes to which row so that the sum of the costs is least, every row and every
/// column used at most once. Solved by shortest augmenting paths with dual potentials (Jonker and Volgenant 1987).
/// </summary>
internal static class OptimalAssignment
{
    /// <summary>Assigns columns to rows.</summary>
    /// <param name="costs">rows x columns costs, finite; negative ones are allowed. The matrix
    /// need not be square.</param>
    /// <returns>
    /// For every row the index of its column. With more rows than columns the rows left over have -1. Among assignments
    /// of equal cost, which one is found depends on the costs alone.
    /// </returns>
    /// <remarks>Takes O(s² l) time and O(s + l) memory, s the smaller and l the larger of the two sizes (and a copy of
    /// the costs where there are more rows than columns). Thread-safe.</remarks>
    /// <exception cref="ArgumentException">A cost is NaN or infinite; the message names its row and column.</exception>
    public static int[] Minimize(double[,] costs)
    {
        ArgumentNullException.ThrowIfNull(costs);
        RequireFinite(costs);
        var (rows, columns) = (costs.GetLength(0), costs.GetLength(1));
        if (rows <= columns)
            return Solve(costs);

        var transposed = new double[columns, rows];
        for (var i = 0; i < rows; i++)
        {
            for (var j = 0; j < columns; j++)
                transposed[j, i] = costs[i, j];
        }

        var assigned = new int[rows];
        Array.Fill(assigned, -1);
        var rowOfColumn = Solve(transposed);
        for (var j = 0; j < columns; j++)
            assigned[rowOfColumn[j]] = j;
        return assigned;
    }

    /// <summary>
    /// Rows are assigned one after the other: each by the shortest path, in reduced costs, from it over assigned pairs
    /// to a free column. Reduced costs stay nonnegative, so a Dijkstra search finds that path.
    /// </summary>
    private static int[] Solve(double[,] costs)
    {
        var (rows, columns) = (costs.GetLength(0), costs.GetLength(1));
        var rowPotential = new double[rows];
        var columnPotential = new double[columns];
        var columnOfRow = new int[rows];
        var rowOfColumn = new int[columns];
        var distance = new double[columns];
        var previousRow = new int[columns];
        var closed = new bool[columns];
        Array.Fill(columnOfRow, -1);
        Array.Fill(rowOfColumn, -1);
        for (var start = 0; start < rows; start++)
        {
            Array.Fill(distance, double.PositiveInfinity);
            Array.Clear(closed);
            var row = start;
            double reached = 0;
            int free;
            while (true)
            {
                var nearest = -1;
                for (var j = 0; j < columns; j++)
                {
                    if (closed[j])
                        continue;
                    var through = reached + (costs[row, j] - rowPotential[row] - columnPotential[j]);
                    if (through < distance[j])
                        (distance[j], previousRow[j]) = (through, row);
                    if (nearest < 0 || distance[j] < distance[nearest])
                        nearest = j;
                }

                reached = distance[nearest];
                closed[nearest] = true;
                if (rowOfColumn[nearest] < 0)
                {
                    free = nearest;
                    break;
                }

                row = rowOfColumn[nearest];
            }

            rowPotential[start] += reached;
            for (var j = 0; j < columns; j++)
            {
                if (!closed[j] || j == free)
                    continue;
                rowPotential[rowOfColumn[j]] += reached - distance[j];
                columnPotential[j] -= reached - distance[j];
            }

            for (var column = free; column >= 0;)
            {
                var owner = previousRow[column];
                rowOfColumn[column] = owner;
                (column, columnOfRow[owner]) = (columnOfRow[owner], column);
            }
        }

        return columnOfRow;
    }

    private static void RequireFinite(double[,] costs)
    {
        for (var i = 0; i < costs.GetLength(0); i++)
        {
            for (var j = 0; j < costs.GetLength(1); j++)
            {
                if (!double.IsFinite(costs[i, j]))
                    throw new ArgumentException(
                        $"The cost at row {i}, column {j} is {costs[i, j]}. Costs must be finite numbers.",
                        nameof(costs));
            }
        }
    }
}
