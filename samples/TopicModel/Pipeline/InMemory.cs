using Microsoft.ML;

namespace TopicModel.Pipeline;

/// <summary>Data views that are computed once.</summary>
internal static class InMemory
{
    /// <summary>Computes some columns now and keeps them, so that what comes later is timed alone.</summary>
    public static IDataView Cache(MLContext ml, IDataView view, params string[] columns)
    {
        var cached = ml.Data.Cache(view, columns);
        using var cursor = cached.GetRowCursor(cached.Schema.Where(c => columns.Contains(c.Name)));
        while (cursor.MoveNext())
        {
            // A cache is filled by the first cursor that runs through it.
        }

        return cached;
    }
}
