// The services over a real gRPC connection: who is served, and what a refusal looks like on the
// wire.
#include <algorithm>
#include <memory>
#include <string>

#include "accordion/v1/credential_service.grpc.pb.h"
#include "accordion/v1/engine_admin_service.grpc.pb.h"
#include "accordion/v1/metric_ingestion_service.grpc.pb.h"
#include "engine/admin_audit.h"
#include "gmock/gmock.h"
#include "tests/engine/service/rpc_fixture.h"

namespace accordion::service {
namespace {

using ::testing::HasSubstr;

TEST_F(RpcTest, EveryActionIsServed) {
  const auto& service = AutoScalingApi();
  ASSERT_EQ(service.method_count(), 27);
  for (int i = 0; i < service.method_count(); ++i) {
    const std::string& name = service.method(i)->name();
    const Called called = Call(name, /*request=*/"");
    // It misses a parameter, or answers an empty list.
    EXPECT_TRUE(called.status.ok() || called.detail.reason() == v1::MISSING_PARAMETER) << name;
  }
}

TEST_F(RpcTest, ARefusalCarriesItsReasonAndArguments) {
  grpc::ClientContext context;
  Prepare(context);
  v1::EnableScalingGroupRequest request;
  request.set_scaling_group_id("123");
  v1::EnableScalingGroupResponse response;
  const grpc::Status status = auto_scaling_->EnableScalingGroup(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(DetailOf(context).reason(), v1::SCALING_GROUP_NOT_FOUND);
  EXPECT_EQ(DetailOf(context).arguments(0), "123");
}

TEST_F(RpcTest, ACallOnNobodysBehalfIsAFaultOfOurs) {
  grpc::ClientContext context;
  v1::DescribeScalingGroupResponse response;
  const grpc::Status status = auto_scaling_->DescribeScalingGroup(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(DetailOf(context).reason(), v1::SERVICE_EXCEPTION);
}

TEST_F(RpcTest, AFullLaneIsServiceUnavailableAtOnce) {
  executor_.full = true;
  grpc::ClientContext context;
  Prepare(context);
  v1::DescribeScalingGroupResponse response;
  const grpc::Status status = auto_scaling_->DescribeScalingGroup(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(DetailOf(context).reason(), v1::SERVICE_UNAVAILABLE);
}

TEST_F(RpcTest, AnOversizedMessageIsRefused) {
  grpc::ClientContext context;
  Prepare(context);
  v1::DescribeScalingGroupRequest request;
  request.set_scaling_group_name(std::string(5 * 1024 * 1024, 'x'));
  v1::DescribeScalingGroupResponse response;
  const grpc::Status status = auto_scaling_->DescribeScalingGroup(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
}

TEST_F(RpcTest, RpcsAreMeasured) {
  grpc::ClientContext context;
  Prepare(context);
  v1::DescribeScalingGroupResponse response;
  EXPECT_TRUE(auto_scaling_->DescribeScalingGroup(&context, {}, &response).ok());
  EXPECT_THAT(metrics_.Expose(),
              HasSubstr("accordion_rpcs_total{code=\"OK\",method=\"DescribeScalingGroup\"} 1"));
}

TEST_F(RpcTest, AnOperatorsKeyIsResolvedWithItsAccount) {
  {
    grpc::ClientContext context;
    v1::PutAccessKeyRequest request;
    request.set_access_key_id("AK");
    request.set_secret_key("SK");
    request.set_account_id("73400123");
    request.set_user("alice");
    request.set_enabled(true);
    request.add_allow_patterns("kec:Describe*");
    v1::PutAccessKeyResponse response;
    ASSERT_TRUE(admin_->PutAccessKey(&context, request, &response).ok());
  }
  const auto credentials = v1::CredentialService::NewStub(channel_);
  v1::ResolveAccessKeyRequest request;
  request.set_access_key_id("AK");
  v1::ResolveAccessKeyResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(credentials->ResolveAccessKey(&context, request, &response).ok());
  EXPECT_TRUE(response.found());
  EXPECT_EQ(response.secret(), "SK");
  EXPECT_EQ(response.account_id(), "73400123");
  EXPECT_EQ(response.principal(), "alice");
  EXPECT_FALSE(response.main_account());
  EXPECT_TRUE(response.enabled());
  EXPECT_FALSE(response.account_frozen());
  ASSERT_EQ(response.allow_patterns_size(), 1);

  request.set_access_key_id("none");
  grpc::ClientContext again;
  ASSERT_TRUE(credentials->ResolveAccessKey(&again, request, &response).ok());
  EXPECT_FALSE(response.found());
  EXPECT_EQ(response.secret(), "");
}

TEST_F(RpcTest, ATemporaryKeyIsResolvedWithItsTokenAndItsEnd) {
  v1::PutAccessKeyRequest request;
  request.set_access_key_id("AKTEMP");
  request.set_secret_key("SK");
  request.set_account_id("73400123");
  request.set_user("alice");
  request.set_enabled(true);
  const auto put = [&] {
    grpc::ClientContext context;
    v1::PutAccessKeyResponse response;
    return admin_->PutAccessKey(&context, request, &response).error_code();
  };
  request.set_security_token_sha256("abc");
  EXPECT_EQ(put(), grpc::StatusCode::INVALID_ARGUMENT);  // no end
  request.mutable_expires_at()->set_seconds(1795507200);
  EXPECT_EQ(put(), grpc::StatusCode::OK);
  const auto credentials = v1::CredentialService::NewStub(channel_);
  v1::ResolveAccessKeyRequest resolve;
  resolve.set_access_key_id("AKTEMP");
  v1::ResolveAccessKeyResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(credentials->ResolveAccessKey(&context, resolve, &response).ok());
  EXPECT_EQ(response.security_token_sha256(), "abc");
  EXPECT_EQ(response.expires_at().seconds(), 1795507200);
  request.clear_security_token_sha256();
  EXPECT_EQ(put(), grpc::StatusCode::INVALID_ARGUMENT);  // an end without a token
}

TEST_F(RpcTest, WhatAnAccountsRequestDoesNotNameStaysAsItIs) {
  const auto put = [this](const v1::PutAccountRequest& request) {
    grpc::ClientContext context;
    v1::PutAccountResponse response;
    EXPECT_TRUE(admin_->PutAccount(&context, request, &response).ok());
    ports::Account account;
    EXPECT_OK(store_.Read([&](ports::Tx& tx) -> absl::Status {
      account = *tx.accounts().GetAccount(domain::AccountId("9"));
      return absl::OkStatus();
    }));
    return account;
  };
  v1::PutAccountRequest request;
  request.set_account_id("9");
  request.set_name("nine");
  request.set_frozen(true);
  EXPECT_TRUE(put(request).frozen);
  request.clear_name();
  request.clear_frozen();
  EXPECT_TRUE(put(request).frozen);
  EXPECT_EQ(put(request).name, "nine");
  request.set_frozen(false);
  EXPECT_FALSE(put(request).frozen);
}

TEST_F(RpcTest, AnOperatorIsToldWhatIsWrong) {
  grpc::ClientContext context;
  v1::PutQuotaRequest request;
  request.set_account_id("73400123");
  request.set_name("bogus");
  v1::PutQuotaResponse response;
  const grpc::Status status = admin_->PutQuota(&context, request, &response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), HasSubstr("bogus"));
}

TEST_F(RpcTest, QuotasShowWhatHoldsAndTheDefault) {
  SetQuota("max_size", 100);
  grpc::ClientContext context;
  v1::ListQuotasRequest request;
  request.set_account_id("73400123");
  v1::ListQuotasResponse response;
  ASSERT_TRUE(admin_->ListQuotas(&context, request, &response).ok());
  ASSERT_EQ(response.quotas_size(), 9);
  for (const v1::Quota& quota : response.quotas()) {
    if (quota.name() != "max_size") continue;
    EXPECT_EQ(quota.value(), 100);
    EXPECT_EQ(quota.default_value(), 50);
  }
}

TEST_F(RpcTest, ContactsAreSetListedWithoutSecretsAndDeleted) {
  const auto put = [this](const v1::PutContactRequest& request) {
    grpc::ClientContext context;
    v1::PutContactResponse response;
    return admin_->PutContact(&context, request, &response).error_code();
  };
  v1::PutContactRequest request;
  request.set_account_id("73400123");
  request.set_contact_id("hook");
  request.set_kind("webhook");
  request.set_address("https://example.com/");
  EXPECT_EQ(put(request), grpc::StatusCode::INVALID_ARGUMENT);  // no secret yet
  request.set_secret("0123456789abcdef");
  EXPECT_EQ(put(request), grpc::StatusCode::OK);
  request.clear_secret();  // keeps the one that it has
  request.set_enabled(false);
  EXPECT_EQ(put(request), grpc::StatusCode::OK);
  request.set_kind("pigeon");
  EXPECT_EQ(put(request), grpc::StatusCode::INVALID_ARGUMENT);

  v1::ListContactsRequest list;
  list.set_account_id("73400123");
  v1::ListContactsResponse found;
  grpc::ClientContext listing;
  ASSERT_TRUE(admin_->ListContacts(&listing, list, &found).ok());
  ASSERT_EQ(found.contacts_size(), 1);
  EXPECT_EQ(found.contacts(0).address(), "https://example.com/");
  EXPECT_FALSE(found.contacts(0).enabled());
  EXPECT_EQ(found.DebugString().find("0123456789abcdef"), std::string::npos);

  v1::DeleteContactRequest doomed;
  doomed.set_account_id("73400123");
  doomed.set_contact_id("hook");
  for (const auto code : {grpc::StatusCode::OK, grpc::StatusCode::NOT_FOUND}) {
    grpc::ClientContext context;
    v1::DeleteContactResponse response;
    EXPECT_EQ(admin_->DeleteContact(&context, doomed, &response).error_code(), code);
  }
}

TEST_F(RpcTest, TheEngineTellsWhyItIsNotReady) {
  grpc::ClientContext context;
  v1::GetEngineStatusResponse response;
  ASSERT_TRUE(admin_->GetEngineStatus(&context, {}, &response).ok());
  EXPECT_FALSE(response.ready());
  EXPECT_EQ(response.not_ready_reason(), "waiting");
  EXPECT_EQ(response.total_shards(), 256u);
}

TEST_F(RpcTest, AnAuditIsAnsweredWithWhatItFoundByTheEnginesTerms) {
  audit_.report =
      ports::AuditReport{.at = absl::FromUnixSeconds(7),
                         .findings = {{.invariant = "I-13",
                                       .name = "open",
                                       .promise = "One is open.",
                                       .checked = 3,
                                       .violations = 2,
                                       .shown = {{domain::AccountId("73400123"), "activity 1"}}}}};
  grpc::ClientContext context;
  v1::AuditRequest request;
  request.set_history_days(2);
  request.set_max_violations(5000);
  v1::AuditResponse response;
  ASSERT_TRUE(admin_->Audit(&context, request, &response).ok());
  EXPECT_EQ(audit_.asked.horizon, absl::Minutes(20));
  EXPECT_EQ(audit_.asked.history, absl::Hours(48));
  EXPECT_EQ(audit_.asked.max_violations, 1000);
  EXPECT_EQ(response.at().seconds(), 7);
  ASSERT_EQ(response.promises_size(), 1);
  EXPECT_EQ(AuditTable(response),
            "invariant     checked violations  promise\n"
            "I-13                3          2  One is open.\n"
            "    account 73400123: activity 1\n"
            "    and 1 more\n"
            "1 promises, 1 broken\n");
}

TEST_F(RpcTest, AnAuditThatFailsIsAnError) {
  audit_.report = absl::UnavailableError("no database");
  grpc::ClientContext context;
  v1::AuditResponse response;
  EXPECT_FALSE(admin_->Audit(&context, {}, &response).ok());
}

TEST_F(RpcTest, EachBatchOfSamplesIsAnsweredAndAMalformedOneEndsTheStream) {
  const auto stub = v1::MetricIngestionService::NewStub(channel_);
  grpc::ClientContext context;
  const auto stream = stub->Push(&context);
  v1::PushSamplesRequest request;
  request.set_account_id("73400123");
  request.add_resource_ids("i-1");
  request.add_resource_indices(0);
  request.add_dimensions(v1::CPU_USAGE);
  request.add_timestamps_ms(absl::ToUnixMillis(system_clock_.Now()));
  request.add_values(50);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(stream->Write(request));
    v1::PushSamplesResponse response;
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.dropped_unknown(), 1u);
  }
  request.set_resource_indices(0, 7);
  stream->Write(request);
  v1::PushSamplesResponse response;
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(RpcTest, AnOpenStreamDoesNotKeepTheServerFromStopping) {
  const auto stub = v1::MetricIngestionService::NewStub(channel_);
  grpc::ClientContext context;
  const auto stream = stub->Push(&context);
  v1::PushSamplesRequest request;
  request.set_account_id("73400123");
  ASSERT_TRUE(stream->Write(request));
  v1::PushSamplesResponse response;
  ASSERT_TRUE(stream->Read(&response));
  server_->Shutdown(absl::ZeroDuration());
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_FALSE(stream->Finish().ok());
}

}  // namespace
}  // namespace accordion::service
