#pragma warning disable CS1591
using Google.Protobuf;
namespace Cnn.Proto;
public enum ProtoFormat { Text, Yaml, Binary }
public sealed record Loaded<T>(T Message, SourceMap Sources, string Path, ProtoFormat Format);
public static class ProtoFile {
  public static Loaded<NetParameter> LoadNet(string path) => throw new NotSupportedException();
  public static NetParameter LoadWeights(string path) => throw new NotSupportedException();
  public static T LoadBinary<T>(string path) where T: IMessage<T>, new() => throw new NotSupportedException();
}
public static class AtomicFile { public static void Write(string path, Action<Stream> a) {} }
public static class Hdf5Weights { public static bool IsHdf5(string path) => false; public static IReadOnlyDictionary<string, IReadOnlyList<(int Index, int[] Shape, float[] Values)>> Read(string p) => throw new NotSupportedException(); }
