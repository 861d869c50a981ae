using FirstFit;
using Microsoft.ML;
using Microsoft.ML.Data;

if (args is not [var what and ("digits" or "documents"), var file, var saved, ..])
{
    Console.Error.WriteLine(
        """
        FirstFit digits PIXELS.csv MODEL.zip [profile]       64 pixels a line, rank 10, beta 2
        FirstFit documents TEXT.tsv MODEL.zip [profile]      a text in the first column of a line, rank 20, beta 1
        """);
    return 2;
}

using var profile = args.Length > 3 ? new CompilationProfile() : null;
profile?.Mark("runtime");
var context = new MLContext(seed: 1);
IDataView view;
IEstimator<ITransformer> pipeline;
if (what == "digits")
{
    view = context.Data.LoadFromTextFile(file, [new("Pixels", DataKind.Single, 0, 63)], separatorChar: ',');
    pipeline = context.Transforms.NonnegativeMatrixFactorization("Parts", "Pixels", rank: 10);
}
else
{
    view = context.Data.LoadFromTextFile(file, [new("Text", DataKind.String, 0)], separatorChar: '\t');
    pipeline = context.Transforms.Text.TokenizeIntoWords("Words", "Text")
        .Append(context.Transforms.Conversion.MapValueToKey("Keys", "Words"))
        .Append(context.Transforms.Text.ProduceNgrams("Counts", "Keys", ngramLength: 1))
        .Append(context.Transforms.NonnegativeMatrixFactorization("Topics", "Counts", rank: 20, beta: 1));
}

profile?.Mark("context and pipeline");
var model = pipeline.Fit(view);
profile?.Mark("fit");
context.Model.Save(model, view.Schema, saved);
profile?.Mark("save");
if (profile is not null)
{
    pipeline.Fit(view);
    profile.Mark("another fit");
    profile.Write();
}

return 0;
