using Microsoft.ML;
using Microsoft.ML.Transforms;
using Nmf;

namespace MLNmf.Tests;

/// <summary>Damaged files of models of a spectral library, with names, places, sum and penalty.</summary>
public sealed class DamagedLibraryModelTests(ITestOutputHelper output) : DamagedModelContract<NmfTransformer>(output)
{
    protected override (NmfTransformer Model, IDataView View) Fit(MLContext context)
    {
        var random = new Random(1);
        var library = Enumerable.Range(0, 3).Select(
            _ => Enumerable.Range(0, 5).Select(_ => 0.1f + random.NextSingle()).ToArray()).ToArray();
        var view = TestRows.View(context, [.. Enumerable.Range(0, 12).Select(n => library[n % 3])]);
        return (context.Transforms.SparseUnmixing(
            "H", "Features", KnownComponents.FromColumns(library).Named(["a", "b", "c"]),
            new() { Sparsity = LibrarySparsity.Pixel }).Fit(view), view);
    }

    protected override void Use(NmfTransformer model, IDataView view)
    {
        if (model.InputColumnName == "Features" && model.Model.FeatureCount == 5)
        {
            using var cursor = model.Transform(view).GetRowCursor(view.Schema);
            Assert.True(cursor.MoveNext());
            Assert.All(model.Model.LibrarySpectra ?? [], spectrum => Assert.True(spectrum.Abundance >= 0));
        }
    }
}
