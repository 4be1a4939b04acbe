namespace Cnn.Proto;

/// <summary>How a message is written in a file.</summary>
public enum ProtoFormat
{
    /// <summary>Protobuf's text format (.prototxt).</summary>
    Text,

    /// <summary>YAML with the names of the schema (.yaml, .yml).</summary>
    Yaml,

    /// <summary>Protobuf's wire format (.caffemodel, .binaryproto).</summary>
    Binary,
}
