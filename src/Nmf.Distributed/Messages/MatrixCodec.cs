using System.Buffers;
using System.Runtime.InteropServices;
using Nmf.Kernels;
using Orleans.Serialization.Buffers;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Codecs;
using Orleans.Serialization.WireProtocol;

namespace Nmf.Distributed.Messages;

/// <summary>A matrix in a message.</summary>
internal sealed class MatrixRows(Matrix<float> values)
{
    public Matrix<float> Values => values;
}

/// <summary>
/// Matrices on the wire: rows, columns, then the numbers row by row, without padding. They go from their pinned memory
/// straight into the pooled buffers of the connection and from those straight into pinned memory. Within a silo nothing
/// is copied: whoever receives a matrix reads it.
/// </summary>
[RegisterSerializer]
[RegisterCopier]
internal sealed class MatrixCodec : IFieldCodec<MatrixRows>, IDeepCopier<MatrixRows>
{
    private const uint HeaderBytes = 2 * sizeof(int);

    public void WriteField<TBufferWriter>(
        ref Writer<TBufferWriter> writer, uint fieldIdDelta, Type? expectedType, MatrixRows? value)
        where TBufferWriter : IBufferWriter<byte>
    {
        if (ReferenceCodec.TryWriteReferenceField(ref writer, fieldIdDelta, expectedType!, value!))
            return;
        writer.WriteFieldHeader(fieldIdDelta, expectedType!, typeof(MatrixRows), WireType.LengthPrefixed);
        var matrix = value!.Values;
        writer.WriteVarUInt32(checked(HeaderBytes + (uint)((long)matrix.Rows * matrix.Columns * sizeof(float))));
        writer.WriteInt32(matrix.Rows);
        writer.WriteInt32(matrix.Columns);
        for (var i = 0; i < matrix.Rows; i++)
            writer.Write(MemoryMarshal.AsBytes(matrix.Row(i)));
    }

    public MatrixRows? ReadValue<TInput>(ref Reader<TInput> reader, Field field)
    {
        if (field.WireType == WireType.Reference)
            return ReferenceCodec.ReadReference<MatrixRows, TInput>(ref reader, field);
        var placeholder = ReferenceCodec.CreateRecordPlaceholder(reader.Session);
        var length = reader.ReadVarUInt32();
        var (rows, columns) = (reader.ReadInt32(), reader.ReadInt32());
        if (rows < 0 || columns < 0 || length != HeaderBytes + ((long)rows * columns * sizeof(float)))
            throw new FormatException($"A message has {length} bytes for a matrix of {rows} x {columns}.");
        var matrix = new Matrix<float>(rows, columns);
        for (var i = 0; i < rows; i++)
            reader.ReadBytes(MemoryMarshal.AsBytes(matrix.Row(i)));
        var received = new MatrixRows(matrix);
        ReferenceCodec.RecordObject(reader.Session, received, placeholder);
        return received;
    }

    public MatrixRows? DeepCopy(MatrixRows? input, CopyContext context) => input;
}
