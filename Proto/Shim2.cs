#pragma warning disable CS1591
namespace Cnn.Proto;
public static class NetUpgrade { public static NetParameter Upgrade(NetParameter net, SourceMap s) => net; }
public static class SolverUpgrade { public static SolverParameter Upgrade(SolverParameter net, SourceMap s, string p) => net; }
public static class YamlFormat { public static T Parse<T>(string a, string b, SourceMap s) => throw new NotSupportedException(); public static string Print(Google.Protobuf.IMessage m) => ""; }
