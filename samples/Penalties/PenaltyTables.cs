namespace Penalties;

/// <summary>The findings as tables, for the console and for the report.</summary>
internal static class PenaltyTables
{
    public static Table Sparse(IReadOnlyList<SparsityPath> readings, IReadOnlyList<SparsityPath> counts)
    {
        var table = new Table(
            "data", "penalty", ">weight", ">objective", ">divergence", ">parts per sample", ">F1",
            ">angle to true parts");
        foreach (var (data, paths) in new[] { ("readings, β = 2", readings), ("counts, β = 1", counts) })
        {
            Add("none", paths[0].Points[0]);
            foreach (var path in paths)
                Add(path.Name, path.Best);

            void Add(string name, SparsityPoint point) => table.Add(
                data, name, Number(point.Weight), Format.Figure(point.Objective, 0), Format.Figure(point.Divergence, 0),
                Format.Figure(point.PartsPerSample, 2), Format.Figure(point.Agreement),
                Format.Figure(point.Angle, 1) + "°");
        }

        return table;
    }

    public static Table Groups(IReadOnlyList<SourcePoint> points)
    {
        var table = new Table(
            ">weight", ">objective", ">divergence", ">right source", ">with groups cut by who knows",
            ">share of the loudest group");
        foreach (var point in points)
        {
            table.Add(
                Number(point.Weight), Format.Figure(point.Objective, 0), Format.Figure(point.Divergence, 0),
                Format.Percent(point.Accuracy), Format.Percent(point.AccuracyOfOracle),
                Format.Percent(point.Dominance));
        }

        return table;
    }

    public static Table Smooth(SmoothPath path)
    {
        var table = new Table(
            ">weight", ">objective", ">divergence", ">error of the activations", ">angle to true parts",
            ">held-out divergence", "");
        foreach (var point in path.Points)
        {
            var remark = (point == path.Best, point == path.Chosen) switch
            {
                (true, true) => "smallest error, and chosen by held-out entries",
                (true, false) => "smallest error",
                (false, true) => "chosen by held-out entries",
                _ => "",
            };
            table.Add(
                Number(point.Weight), Format.Figure(point.Objective, 0), Format.Figure(point.Divergence, 0),
                Format.Percent(point.Error), Format.Figure(point.Angle, 1) + "°", Format.Figure(point.HeldOut, 4),
                remark);
        }

        return table;
    }

    private static string Number(double value)
        => value.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
}
