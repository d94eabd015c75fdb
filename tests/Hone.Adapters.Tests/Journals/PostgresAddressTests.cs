using Hone.Adapters.Journals;
using Npgsql;

namespace Hone.Adapters.Tests.Journals;

/// <summary>Addresses of a PostgreSQL server are read as psql reads them, and no message repeats a password.</summary>
public sealed class PostgresAddressTests
{
    [Fact]
    public void A_url_is_read()
    {
        var address = PostgresAddress.Read("postgres://hone:p%40ss%3Aw%2Frd%3B'@db.example:6432/trading?sslmode=verify-full&sslrootcert=/etc/ca.pem&connect_timeout=7");

        Assert.Equal("db.example", address.Host);
        Assert.Equal(6432, address.Port);
        Assert.Equal("hone", address.Username);
        Assert.Equal("p@ss:w/rd;'", address.Password);
        Assert.Equal("trading", address.Database);
        Assert.Equal(SslMode.VerifyFull, address.SslMode);
        Assert.Equal("/etc/ca.pem", address.RootCertificate);
        Assert.Equal(7, address.Timeout);
        Assert.Equal("PostgreSQL at db.example:6432, database trading as hone", PostgresAddress.Describe(address));
    }

    [Theory]
    [InlineData("postgresql://db/x", "db", 5432)]
    [InlineData("postgres://hone@[::1]:99/x", "::1", 99)]
    [InlineData("POSTGRES://[fe80::2]/x", "fe80::2", 5432)]
    [InlineData("postgres:///x?host=/run/postgresql", "/run/postgresql", 5432)]
    [InlineData("postgres://a:1,b:2/x", "a:1,b:2", 5432)]
    [InlineData("Host=db;Database=x", "db", 5432)]
    public void Hosts_are_read(string text, string host, int port)
    {
        var address = PostgresAddress.Read(text);

        Assert.Equal(host, address.Host);
        Assert.Equal(port, address.Port);
        Assert.Equal("x", address.Database);
        Assert.Equal(host.Contains(',') ? "read-write" : null, address.TargetSessionAttributes);
    }

    [Theory]
    [InlineData("postgres://hone:SECRET@/x", "no host")]
    [InlineData("postgres://hone:SECRET@db", "no database")]
    [InlineData("postgres://hone:SECRET@db:70000000000/x", "value of port")]
    [InlineData("postgres://hone:SECRET@db/x?sslmod=require", "known are host, port")]
    [InlineData("postgres://hone:SECRET@db/x?sslmode=maybe", "value of sslmode")]
    [InlineData("postgres://hone:SEC#RET@db/x", "%23")]
    [InlineData("postgres://hone:SE/CRET@db/x", "%2F")]
    [InlineData("postgres://hone:SE?CRET@db/x", "%3F")]
    [InlineData("Host=db;Database=x;Password=a;SECRET=1", "quotes")]
    [InlineData("Host=db;Port=SECRET;Database=x", "quotes")]
    [InlineData("SECRET", "quotes")]
    public void What_cannot_be_read_is_refused_without_repeating_it(string text, string says)
    {
        var refusal = Assert.Throws<JournalOpenException>(() => PostgresAddress.Read(text));

        Assert.Contains(says, refusal.Message);
        Assert.DoesNotContain("SECRET", refusal.ToString());
        Assert.DoesNotContain("CRET@", refusal.ToString());
    }

    [Fact]
    public void Options_do_not_print_the_password()
        => Assert.DoesNotContain("SECRET", new PostgresJournalOptions { Connection = "postgres://hone:SECRET@db/x" }.ToString());

    [Fact]
    public async Task A_server_that_is_not_there_is_named_and_the_password_is_not()
    {
        using var closed = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        closed.Start();
        var port = ((System.Net.IPEndPoint)closed.LocalEndpoint).Port;
        closed.Stop();

        var refusal = await Assert.ThrowsAsync<JournalOpenException>(async () => await PostgresJournal.OpenAsync(new PostgresJournalOptions { Connection = $"postgres://hone:SECRET@127.0.0.1:{port}/x" }));

        Assert.Contains($"127.0.0.1:{port}, database x as hone", refusal.Message);
        Assert.DoesNotContain("SECRET", refusal.ToString());
    }
}
