namespace Nmf.Audio;

/// <summary>The assignment of rows to columns with the greatest sum, by shortest augmenting paths (Kuhn 1955; Edmonds and Karp 1972). O(n³).</summary>
internal static class Assignment
{
    /// <summary>Assigns n rows to n columns.</summary>
    /// <param name="size">Number of rows and of columns n.</param>
    /// <param name="gain">Finite gain of row and column.</param>
    /// <returns>The column of every row.</returns>
    public static int[] Maximize(int size, Func<int, int, double> gain)
    {
        // Column 0 is where a path begins; rows and columns count from 1.
        var rowPrice = new double[size + 1];
        var columnPrice = new double[size + 1];
        var rowOf = new int[size + 1];
        for (var row = 1; row <= size; row++)
        {
            var shortest = new double[size + 1];
            Array.Fill(shortest, double.PositiveInfinity);
            var from = new int[size + 1];
            var visited = new bool[size + 1];
            rowOf[0] = row;
            var column = 0;
            do
            {
                visited[column] = true;
                var (next, step) = (0, double.PositiveInfinity);
                for (var c = 1; c <= size; c++)
                {
                    if (visited[c])
                        continue;
                    var cost = -gain(rowOf[column] - 1, c - 1) - rowPrice[rowOf[column]] - columnPrice[c];
                    if (cost < shortest[c])
                        (shortest[c], from[c]) = (cost, column);
                    if (shortest[c] < step)
                        (next, step) = (c, shortest[c]);
                }

                for (var c = 0; c <= size; c++)
                {
                    if (visited[c])
                    {
                        rowPrice[rowOf[c]] += step;
                        columnPrice[c] -= step;
                    }
                    else
                    {
                        shortest[c] -= step;
                    }
                }

                column = next;
            }
            while (rowOf[column] != 0);

            for (; column != 0; column = from[column])
                rowOf[column] = rowOf[from[column]];
        }

        var assigned = new int[size];
        for (var c = 1; c <= size; c++)
            assigned[rowOf[c] - 1] = c - 1;
        return assigned;
    }
}
