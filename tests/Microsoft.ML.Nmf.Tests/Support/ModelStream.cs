using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using Microsoft.ML.Transforms;

namespace MLNmf.Tests;

/// <summary>A transformer as the bytes of its own model stream, without the zip archive around it.</summary>
internal static class ModelStream
{
    public static byte[] Save(ITransformer transformer)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
            ModelSaveContext.Save(writer, ((ICanSaveModel)transformer).Save);
        return stream.ToArray();
    }

    public static NmfTransformer Load(byte[] bytes) => Load<NmfTransformer>(bytes);

    public static TTransformer Load<TTransformer>(byte[] bytes)
        where TTransformer : class
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), System.Text.Encoding.UTF8);
        ModelLoadContext.LoadModel<TTransformer, SignatureLoadModel>(new MLContext(), out var transformer, reader);
        return transformer;
    }
}
