using Google.Protobuf;

namespace Cnn.Layers.Data;

/// <summary>The options that every image source has, read from the layer's own parameter message.</summary>
/// <param name="Parameter">The message.</param>
/// <param name="SourceField">The field that names the source, for errors about records; 0 where there is none.</param>
/// <param name="BatchSizeField">The field of the batch size, for errors.</param>
/// <param name="BatchSize">Images in a batch.</param>
/// <param name="Prefetch">Batches loaded ahead; 0 loads each when the net needs it.</param>
/// <param name="SkipBadRecords">Records that may fail to load before that is an error.</param>
internal readonly record struct SourceOptions(
    IMessage Parameter, int SourceField, int BatchSizeField, uint BatchSize, uint Prefetch, uint SkipBadRecords = 0);
