using Microsoft.ML;
using Microsoft.ML.Data;
using Nmf;

namespace HyperspectralUnmixing;

/// <summary>From spectra over abundances to a class, in one pipeline that is saved and loaded.</summary>
/// <param name="Labelled">Number of pixels it was trained with.</param>
/// <param name="Accuracy">Part of the other pixels whose class is right.</param>
/// <param name="Classes">The predicted class of each pixel, from 0.</param>
internal sealed record LandCover(int Labelled, double Accuracy, int[] Classes)
{
    private const int Labels = 200;

    /// <summary>Trains with pixels whose main material somebody told, saves, loads, and
    /// classifies the picture.</summary>
    /// <param name="cubePath">The picture.</param>
    /// <param name="unmixing">Its materials.</param>
    /// <param name="mainMaterial">The material that each pixel has most of.</param>
    /// <param name="modelPath">Where the pipeline is saved.</param>
    /// <param name="seed">Seed of the choice of the labelled pixels.</param>
    public static LandCover Run(string cubePath, Unmixing unmixing, int[] mainMaterial, string modelPath, int seed)
    {
        var ml = new MLContext(seed);
        var picture = ml.Data.LoadFromEnvi(cubePath);
        var spectra = picture.GetColumn<float[]>(Unmixing.SpectrumColumn).ToArray();
        var order = Enumerable.Range(0, spectra.Length).ToArray();
        new Random(seed).Shuffle(order);
        var labelled = order[..Labels];

        var schema = SchemaDefinition.Create(typeof(LabelledPixel));
        schema[nameof(LabelledPixel.Spectrum)].ColumnType = picture.Schema[Unmixing.SpectrumColumn].Type;
        schema[nameof(LabelledPixel.Land)].ColumnType = new KeyDataViewType(typeof(uint), unmixing.Endmembers.Count);

        // ML.NET takes the values of a key column from 0 here, and gives them from 1 below, where 0 would be missing.
        var training = ml.Data.LoadFromEnumerable(
            labelled.Select(n => new LabelledPixel { Spectrum = spectra[n], Land = (uint)mainMaterial[n] }), schema);
        var pipeline = ml.Transforms.UnmixingNmf(
            Unmixing.AbundanceColumn, Unmixing.SpectrumColumn, KnownComponents.FromColumns(unmixing.Endmembers))
            .Append(ml.MulticlassClassification.Trainers.LbfgsMaximumEntropy(
                nameof(LabelledPixel.Land), Unmixing.AbundanceColumn, l2Regularization: 0.01f));
        ml.Model.Save(pipeline.Fit(training), training.Schema, modelPath);

        // Another program would begin here.
        var model = new MLContext().Model.Load(modelPath, out _);
        int[] classes = [.. model.Transform(picture).GetColumn<uint>("PredictedLabel").Select(key => (int)key - 1)];
        return new LandCover(Labels, order[Labels..].Average(n => classes[n] == mainMaterial[n] ? 1.0 : 0), classes);
    }

    private sealed class LabelledPixel
    {
        public float[] Spectrum { get; set; } = [];

        public uint Land { get; set; }
    }
}
