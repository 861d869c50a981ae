namespace Microsoft.ML.Transforms;

public sealed partial class NmfTransformer
{
    /// <summary>What a column holds, in the order of the columns.</summary>
    internal enum ColumnRole
    {
        Activations,
        Reconstruction,
        Imputed,
        OutlierScore,
        OutlierPart,
    }

    /// <summary>Name of the column of reconstructions, or null when there is none.</summary>
    internal string? ReconstructionColumnName => NameOf(ColumnRole.Reconstruction);

    private ColumnRole RoleOf(int column) => _roles[column];

    private string? NameOf(ColumnRole role)
    {
        var at = Array.IndexOf(_roles, role);
        return at < 0 ? null : ColumnPairs[at].outputColumnName;
    }

    // The imputed column is known by its name, the outlier columns by their number; one more column is the
    // reconstruction. There may be fewer columns than roles, or more, where a file is damaged.
    private static ColumnRole[] RolesOf(string[] columns, NmfModelParameters model)
    {
        var imputed = model.Sections.Find<MissingEntriesSection>()?.ImputedColumnName;
        var outliers = model.Sections.Find<OutlierSection>();
        var roles = new List<ColumnRole> { ColumnRole.Activations };
        if (imputed is not null)
            roles.Add(ColumnRole.Imputed);
        if (outliers is { HasScoreColumn: true })
            roles.Add(ColumnRole.OutlierScore);
        if (outliers is { HasPartColumn: true })
            roles.Add(ColumnRole.OutlierPart);
        if (columns.Length > roles.Count)
            roles.Insert(1, ColumnRole.Reconstruction);
        return imputed is null || Array.IndexOf(columns, imputed) == roles.IndexOf(ColumnRole.Imputed)
            ? [.. roles]
            : [];
    }
}
