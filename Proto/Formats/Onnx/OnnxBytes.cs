namespace Cnn.Proto.Formats.Onnx;

/// <summary>Reads bytes of an array from where they are.</summary>
/// <param name="offset">The first byte, counted from the array's start.</param>
/// <param name="to">Where they go; no more than the array has.</param>
internal delegate void OnnxBytes(long offset, Span<byte> to);
