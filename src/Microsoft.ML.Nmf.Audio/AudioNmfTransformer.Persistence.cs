using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;
using Nmf.Audio;

[assembly: LoadableClass(
    AudioNmfTransformer.Summary, typeof(IDataTransform), typeof(RowTransformerLoader<AudioNmfTransformer>), null,
    typeof(SignatureLoadDataTransform), AudioNmfTransformer.UserName, AudioNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    AudioNmfTransformer.Summary, typeof(AudioNmfTransformer), typeof(RowTransformerLoader<AudioNmfTransformer>), null,
    typeof(SignatureLoadModel), AudioNmfTransformer.UserName, AudioNmfTransformer.LoaderSignature)]
[assembly: LoadableClass(
    typeof(IRowMapper), typeof(RowTransformerLoader<AudioNmfTransformer>), null, typeof(SignatureLoadRowMapper),
    AudioNmfTransformer.UserName, AudioNmfTransformer.LoaderSignature)]

namespace Microsoft.ML.Transforms;

public sealed partial class AudioNmfTransformer : IStoredRowTransformer<AudioNmfTransformer>
{
    internal const string Summary = "Activations of learnt spectra, pooled over the frames of a clip of sound.";
    internal const string UserName = "Audio Components Transform";
    internal const string LoaderSignature = "NmfAudioTransform";

    private static readonly StoredFormat Stored = new(typeof(AudioNmfTransformer), "NMF AUDI", LoaderSignature);

    // *** Binary format, version 1 ***
    // columns, as ML.NET's base class writes them: int: 1; int: id of the output name, int: id of the input name
    // int: frame length; int: hop; int: length of the transform; byte: window
    // double: scale; double: floor
    // byte: spectrum; byte: whether means are given; byte: whether maxima are; int: sample rate, 0 when it is not known
    // byte: whether there is a column of sample rates; int: id of its name
    // the model parameters
    private protected override void SaveModel(ModelSaveContext ctx)
    {
        Stored.Begin(Host, ctx);
        SaveColumns(ctx);
        ctx.Writer.Write(Stft.FrameLength);
        ctx.Writer.Write(Stft.HopLength);
        ctx.Writer.Write(Stft.FftLength);
        ctx.Writer.Write((byte)Stft.Options.Window);
        ctx.Writer.Write(Scaling.Scale);
        ctx.Writer.Write(Scaling.Floor);
        ctx.Writer.Write((byte)Spectrum);
        ctx.Writer.Write(Pooling.HasFlag(AudioPooling.Mean));
        ctx.Writer.Write(Pooling.HasFlag(AudioPooling.Maximum));
        ctx.Writer.Write(SampleRate ?? 0);
        ctx.Writer.Write(SampleRateColumnName is not null);
        if (SampleRateColumnName is not null)
            ctx.SaveNonEmptyString(SampleRateColumnName);
        Model.Save(ctx.Writer);
    }

    static StoredFormat IStoredTransformer<AudioNmfTransformer>.Format => Stored;

    IDataTransform IStoredRowTransformer<AudioNmfTransformer>.CreateTransform(IDataView input)
        => MakeDataTransform(input);

    IRowMapper IStoredRowTransformer<AudioNmfTransformer>.CreateMapper(DataViewSchema schema) => MakeRowMapper(schema);

    static AudioNmfTransformer IStoredTransformer<AudioNmfTransformer>.Load(
        IHost host, ModelLoadContext ctx, CheckedReader reader)
    {
        reader.Require(reader.ReadCount("number of columns", 1) == 1, "number of columns");
        var columns = (Output: ctx.LoadNonEmptyString(), Input: ctx.LoadNonEmptyString());
        var stft = ReadStft(reader);
        var scaling = new SpectralScaling(reader.ReadFinite("scale", above: 0), reader.ReadFinite("floor", atLeast: 0));
        var spectrum = reader.ReadEnum<AudioSpectrum>("spectrum");
        var pooling = (reader.ReadBoolean("pooling") ? AudioPooling.Mean : AudioPooling.None)
            | (reader.ReadBoolean("pooling") ? AudioPooling.Maximum : AudioPooling.None);
        reader.Require(pooling != AudioPooling.None, "pooling");
        var sampleRate = reader.ReadCount("sample rate", 0);
        var rateColumn = reader.ReadBoolean("presence of a column of sample rates") ? ctx.LoadNonEmptyString() : null;
        var model = NmfModelParameters.Load(reader, hasSections: true);
        reader.Require(model.FeatureCount == stft.Bins, "number of features");
        return new AudioNmfTransformer(
            host, model, stft, scaling, spectrum, pooling, sampleRate == 0 ? null : sampleRate, columns, rateColumn);
    }

    private static Stft ReadStft(CheckedReader reader)
    {
        var options = new StftOptions
        {
            FrameLength = reader.ReadCount("frame length", 2),
            HopLength = reader.ReadCount("hop", 1),
            FftLength = reader.ReadCount("length of the transform", 2),
            Window = reader.ReadEnum<StftWindow>("window"),
        };
        try
        {
            return new Stft(options);
        }
        catch (ArgumentException)
        {
            reader.Require(false, "transform of the frames");
            throw;
        }
    }
}
